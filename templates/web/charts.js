// Tooltips of charts: shows the text of the hovered or focused mark. Arrow keys move between marks.
const NEAR_PIXELS = 24;

/** @param {Element} sheet */
function prepare(sheet) {
  const marks = /** @type {SVGElement[]} */ ([...sheet.querySelectorAll('.point')]);
  const tip = /** @type {HTMLElement | null} */ (sheet.querySelector('.tip'));
  if (marks.length === 0 || tip === null) return;
  for (const [at, mark] of marks.entries()) {
    // Without its title the mark has no second, native tooltip. Only one mark is a tab stop.
    mark.querySelector('title')?.remove();
    mark.setAttribute('tabindex', at === 0 ? '0' : '-1');
  }

  /** @param {SVGElement | undefined} mark */
  const show = (mark) => {
    tip.hidden = mark === undefined;
    for (const each of marks) each.classList.toggle('shown', each === mark);
    if (mark === undefined) return;
    tip.textContent = mark.getAttribute('aria-label');
    const [around, box] = [sheet.getBoundingClientRect(), mark.getBoundingClientRect()];
    const middle = box.left + box.width / 2 - around.left - tip.offsetWidth / 2;
    const right = around.width - tip.offsetWidth;
    const above = box.top - around.top - tip.offsetHeight - 8;
    tip.style.left = `${sheet.scrollLeft + Math.max(0, Math.min(right, middle))}px`;
    tip.style.top = `${above >= 0 ? above : box.bottom - around.top + 8}px`;
  };
  const focused = () => marks.find((mark) => mark === document.activeElement);

  /** @param {number} at */
  const goTo = (at) => {
    const mark = marks[Math.max(0, Math.min(marks.length - 1, at))];
    for (const each of marks) each.setAttribute('tabindex', each === mark ? '0' : '-1');
    mark?.focus();
  };

  sheet.addEventListener('focusin', () => show(focused()));
  sheet.addEventListener('focusout', () => show(undefined));
  sheet.addEventListener('pointerleave', () => show(focused()));
  sheet.addEventListener('pointermove', (event) => {
    const { clientX, clientY } = /** @type {PointerEvent} */ (event);
    const distances = marks.map((mark) => distance(mark.getBoundingClientRect(), clientX, clientY));
    const least = Math.min(...distances);
    // Of overlapping marks, the last one is on top.
    show(least > NEAR_PIXELS ? focused() : marks[distances.lastIndexOf(least)]);
  });
  sheet.addEventListener('keydown', (event) => {
    const { key } = /** @type {KeyboardEvent} */ (event);
    const at = marks.findIndex((mark) => mark === document.activeElement);
    if (key === 'Escape') return show(undefined);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1 };
    const ends = { Home: 0, End: marks.length - 1 };
    const next = { ...to, ...ends }[key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    goTo(next);
  });
}

/** @param {DOMRect} box @param {number} x @param {number} y */
function distance({ left, right, top, bottom }, x, y) {
  const aside = Math.max(left - x, 0, x - right);
  const above = Math.max(top - y, 0, y - bottom);
  return Math.sqrt(aside * aside + above * above);
}

for (const sheet of document.querySelectorAll('.sheet')) prepare(sheet);
