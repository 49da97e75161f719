// Keys of the desk, and the seconds that are left. The pages work without this script.
"use strict";
(() => {
  const help = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  const NAME = "dispaccio-keys";
  if (help) {
    help.hidden = false;
    try { on.checked = localStorage.getItem(NAME) !== "off"; } catch { /* nothing is remembered */ }
    on.addEventListener("change", () => {
      try { localStorage.setItem(NAME, on.checked ? "on" : "off"); } catch { /* as above */ }
    });
  }

  const show = (element) => {
    const details = element.closest("details");
    if (details) details.open = true;
    const first = element.matches("summary")
      ? details.querySelector("form :is(input:not([type=hidden]), select, textarea, button)")
      : element;
    (first || element).focus();
    (first || element).scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const rows = [...document.querySelectorAll(".queue tbody th a")];
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
    if (next) next.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (!help || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (field || (!on.checked && event.key !== "?")) return;
    if (event.key === "?") {
      help.open = true;
      show(help.querySelector("summary"));
      help.querySelector("summary").focus();
    } else if ("jk".includes(event.key) && document.querySelector(".queue")) {
      step(event.key === "j" ? 1 : -1);
    } else {
      const found = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
      if (!found) return;
      show(found);
    }
    event.preventDefault();
  });

  const trouble = document.getElementById("trouble");
  if (trouble) trouble.focus();

  const until = document.querySelector("[data-until]");
  if (until) {
    const words = new Intl.RelativeTimeFormat(document.documentElement.dataset.locale, { style: "short" });
    const at = Date.parse(until.dataset.until);
    const tick = () => {
      const left = Math.ceil((at - Date.now()) / 1000);
      if (left > 7200) until.textContent = words.format(Math.floor(left / 3600), "hour");
      else if (left > 120) until.textContent = words.format(Math.floor(left / 60), "minute");
      else until.textContent = words.format(Math.max(left, 0), "second");
      if (left > -2) setTimeout(tick, left > 7200 ? 60000 : 250);
      else if (left > -30) location.replace(location.href);
    };
    tick();
  }
})();
