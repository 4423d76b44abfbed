// Copies what an address answers with. Where the clipboard is closed (no https, no localhost) it goes there.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue; // the link beside it leads to the text
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const answer = await fetch(button.dataset.copy);
      if (!answer.ok) throw new Error(String(answer.status));
      await navigator.clipboard.writeText((await answer.text()).trimEnd());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 2000);
    } catch {
      location.assign(button.dataset.copy);
    }
  });
}
