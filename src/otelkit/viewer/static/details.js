// Opens a span's details in place. Without this script the line's link loads the page with them open.
async function detailsOf(address) {
  const answer = await fetch(address);
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return answer.ok ? parsed.querySelector(".inside") : null;
}

function show(line, open) {
  line.setAttribute("aria-expanded", String(open));
  const here = new URL(line.href);
  if (open) here.searchParams.set("span", here.hash.slice(2));
  history.replaceState(null, "", open ? here : here.pathname + here.hash);
}

async function toggle(line) {
  const inside = line.parentElement.querySelector(".inside");
  if (inside) {
    inside.remove();
    show(line, false);
    return;
  }
  if (line.ariaBusy === "true") return;
  line.ariaBusy = "true";
  try {
    const details = await detailsOf(line.dataset.details);
    if (!details) throw new Error("no details");
    line.after(document.adoptNode(details));
    show(line, true);
  } catch {
    location.assign(line.href); // the page says what is wrong
  } finally {
    line.ariaBusy = "false";
  }
}

const waterfall = document.querySelector(".waterfall");
for (const line of waterfall.querySelectorAll(".line")) line.setAttribute("role", "button");

waterfall.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches(".line")) return; // what a button does, and a link does not
  event.preventDefault();
  toggle(event.target);
});

waterfall.addEventListener("click", (event) => {
  const line = event.target.closest(".line");
  if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  toggle(line);
});
