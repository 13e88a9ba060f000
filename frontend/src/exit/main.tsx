import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ExitApp } from "@/exit/ExitApp";
import "@/app/app.css";

const root = document.getElementById("root");
if (!root) throw new Error("exit.html has no #root");
createRoot(root).render(
  <StrictMode>
    <ExitApp />
  </StrictMode>,
);
