import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// jsdom has <dialog> without its methods
if (typeof HTMLDialogElement !== "undefined" && !HTMLDialogElement.prototype.showModal) {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
}

if (typeof document !== "undefined") {
  // a busy machine takes its time to load a lazy piece
  configure({ asyncUtilTimeout: 8_000 });
  afterEach(() => {
    cleanup();
    localStorage.clear();
  });
}
