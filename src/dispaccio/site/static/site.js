// Times in the reader's own zone, and "Copy text". Without this script the pages say UTC.
"use strict";
(() => {
  const language = document.documentElement.dataset.locale;
  const forms = {
    time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    short: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    day: { dateStyle: "full" },
    moment: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" },
  };
  const utc = new Intl.DateTimeFormat(language, { ...forms.moment, timeZone: "UTC" });
  for (const time of document.querySelectorAll("time[data-form]")) {
    const when = new Date(time.dateTime);
    time.textContent = new Intl.DateTimeFormat(language, forms[time.dataset.form]).format(when);
    time.title = utc.format(when);
    const unit = time.nextSibling;
    if (unit && unit.nodeType === 3) unit.data = unit.data.replace(/^ UTC/, "");
  }
  let last = "";
  for (const day of document.querySelectorAll(".hour .day:not(:only-child)")) {
    day.classList.toggle("same", day.textContent === last);
    last = day.textContent;
  }
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const line of document.querySelectorAll("[data-zone]")) {
    if (zone && zone !== "UTC") line.textContent = line.dataset.zone.replace("{zone}", zone);
  }

  const written = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    const text = selection.toString().trim();
    selection.removeAllRanges();
    return text;
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.parentElement.hidden = false;
    button.addEventListener("click", async () => {
      const body = document.getElementById(button.dataset.copy);
      const above = document.querySelectorAll(".disclosure, .legal, .release h1, .subhead");
      const pieces = [...above, body].map(written);
      await navigator.clipboard.writeText([...pieces, body.dataset.source].join("\n\n") + "\n");
      const words = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
})();
