// Runs before the first paint: applies the stored theme so that the page never flashes. No choice stored: the system's.
(() => {
  try {
    const stored = localStorage.getItem("assay.theme");
    if (stored === "dark" || stored === "light") document.documentElement.dataset.theme = stored;
  } catch {
    // storage is blocked: the system's theme stands
  }
})();
