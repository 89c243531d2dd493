"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const form = find("filters");
  const table = find("matrix");
  const [text, role, group, scope, open, request] =
    ["text", "role", "group", "scope", "open", "request"].map(find);
  const fields = [text, role, group, scope, open, request].filter(Boolean);
  const heads = [...table.tHead.rows[0].cells];
  const bodies = [...table.tBodies].map((body) => ({
    body,
    rows: [...body.rows].slice(1).map((row) => {
      const [rule, code] = [...row.cells].slice(-2);
      const words = [row.cells[0], rule, code].map((cell) => cell.textContent).join(" ");
      return { row, words: words.toLowerCase() };
    }),
  }));
  const all = bodies.flatMap(({ rows }) => rows);

  // --- filters ---

  /** Which of the names was chosen, counted from 1; 0 for any. */
  const chosen = (select) => (select ? select.selectedIndex : 0);
  const has = (numbers, number) => numbers.split(" ").includes(String(number));

  function filter() {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [r, g, s] = [role, group, scope].map(chosen);
    const shows = ({ row, words }) =>
      wanted.every((word) => words.includes(word)) &&
      (!r || !row.cells[r].classList.contains("no")) &&
      (!g || has(row.dataset.groups, g)) &&
      (!s || has(row.dataset.scopes, s)) &&
      (!open.checked || "open" in row.dataset) &&
      (!request.checked || "request" in row.dataset);
    let shown = 0;
    for (const { body, rows } of bodies) {
      let any = false;
      for (const one of rows) {
        one.row.hidden = !shows(one);
        shown += !one.row.hidden;
        any ||= !one.row.hidden;
      }
      body.hidden = !any;
    }
    heads.forEach((head, column) => head.classList.toggle("chosen", column > 0 && column === r));
    const asked = [
      text.value.trim() && `text “${text.value.trim()}”`,
      r && `role “${role.value}” may call`,
      g && `rule names group “${group.value}”`,
      s && `rule names scope “${scope.value}”`,
      open.checked && "open to everybody",
      request.checked && "depends on the request",
    ].filter(Boolean);
    const routes = all.length === 1 ? "route" : "routes";
    const words = `${shown} of ${all.length} ${routes}${asked.length ? ": " : ""}${asked.join("; ")}`;
    // Only a change is read out.
    if (find("count").textContent !== words) find("count").textContent = words;
    find("none").hidden = shown > 0;
    table.hidden = shown === 0;
    stop(visible()[0]?.row.cells[0]);
  }

  // --- the address keeps the filters ---

  function write() {
    const kept = new URLSearchParams();
    for (const field of fields) {
      const value = field.type === "checkbox" ? field.checked && "1" : field.value;
      if (value) kept.set(field.id, value);
    }
    history.replaceState(null, "", `#${kept}`);
  }

  function read() {
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const field of fields) {
      const value = kept.get(field.id) ?? "";
      if (field.type === "checkbox") field.checked = value === "1";
      else field.value = value;
      // A name that is not there any more.
      if (field.selectedIndex === -1) field.selectedIndex = 0;
    }
    filter();
  }

  form.addEventListener("input", () => {
    filter();
    write();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
  });
  addEventListener("hashchange", read);

  function clear() {
    for (const field of fields) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    filter();
    write();
  }

  // --- keyboard: one stop of the tab key in the table, and arrows from there ---

  const visible = () => all.filter(({ row }) => !row.hidden);
  let stopped = null;

  function stop(cell) {
    stopped?.removeAttribute("tabindex");
    stopped = cell ?? null;
    stopped?.setAttribute("tabindex", "0");
  }

  function move(cell, key, far) {
    const rows = visible().map(({ row }) => row);
    let y = rows.indexOf(cell.parentElement);
    let x = cell.cellIndex;
    const last = cell.parentElement.cells.length - 1;
    if (key === "ArrowUp") y -= 1;
    else if (key === "ArrowDown") y += 1;
    else if (key === "ArrowLeft") x -= 1;
    else if (key === "ArrowRight") x += 1;
    else if (key === "Home") [x, y] = [0, far ? 0 : y];
    else if (key === "End") [x, y] = [last, far ? rows.length - 1 : y];
    else return false;
    const next = rows[y]?.cells[x];
    if (next) {
      stop(next);
      next.focus();
    }
    return true;
  }

  table.setAttribute("role", "grid");
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("tbody td, tbody th[scope=row]");
    if (!cell || event.altKey || event.metaKey || event.shiftKey) return;
    if (move(cell, event.key, event.ctrlKey)) event.preventDefault();
  });
  table.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("tbody td, tbody th[scope=row]");
    if (cell) stop(cell);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const writes = event.target.closest?.("input[type=search], select");
    if (event.key === "/" && !writes) {
      event.preventDefault();
      text.focus();
      text.select();
    } else if (event.key === "Escape") {
      clear();
    }
  });

  // --- which column a cell is in ---

  let at = null;
  function mark(event) {
    const cell = event.target.closest?.("td, th[scope=row]");
    at?.classList.remove("at");
    at = cell && table.contains(cell) ? heads[cell.cellIndex] : null;
    at?.classList.add("at");
  }
  table.addEventListener("mouseover", mark);
  table.addEventListener("mouseleave", mark);
  table.addEventListener("focusin", mark);

  // --- layout ---

  form.hidden = false;
  const measure = () => {
    const sticks = getComputedStyle(form).top === "0px";
    const height = sticks ? `${form.offsetHeight}px` : "0px";
    document.documentElement.style.setProperty("--bar", height);
  };
  new ResizeObserver(measure).observe(form);
  addEventListener("resize", measure);
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  read();
})();
