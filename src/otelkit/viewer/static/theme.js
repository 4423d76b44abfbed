// Light or dark as chosen before, else as the system has it. Not a module: it runs before the first paint.
"use strict";
(() => {
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is forbidden: the system's mode stays
    }
  };
  const show = (theme) => {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  };
  show(chosen());

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-toggle]");
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = document.documentElement.dataset.theme;
      const dark = shown ? shown === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      const next = dark ? "light" : "dark";
      show(next);
      try {
        localStorage.setItem("theme", next);
      } catch {
        // it holds for this page
      }
    });
  });
})();
