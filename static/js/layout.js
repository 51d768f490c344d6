// @ts-check
/** Where the tiles of the stage go. Pure. */

/** @typedef {{x: number, y: number, width: number, height: number}} Rect */

const WIDEST = 16 / 9;
const NARROWEST_SCREEN = 3 / 2;

/**
 * The biggest equal tiles for `count` people in a box of `width` by `height` pixels, in rows, the
 * last one centred. A tile is between 4:3 and 16:9, in an upright box between 1:1 and 16:9: the
 * picture fills it and loses a little at its edges rather than leave much of the box empty.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {number} [gap] pixels between tiles
 * @param {number} [narrowest] width by height
 * @returns {Rect[]}
 */
export function placeTiles(count, width, height, gap = 8, narrowest = height > width ? 1 : 4 / 3) {
  if (count < 1 || width <= 0 || height <= 0) return [];
  let best = { area: -1, columns: 1, rows: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const tile = fit(
      (width - gap * (columns - 1)) / columns,
      (height - gap * (rows - 1)) / rows,
      narrowest,
    );
    const area = tile.width * tile.height;
    if (area > best.area) best = { area, columns, rows, ...tile };
  }
  const top = (height - best.rows * best.height - gap * (best.rows - 1)) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / best.columns);
    const inRow = Math.min(best.columns, count - row * best.columns);
    const left = (width - inRow * best.width - gap * (inRow - 1)) / 2;
    return {
      x: Math.max(0, Math.floor(left + (index % best.columns) * (best.width + gap))),
      y: Math.max(0, Math.floor(top + row * (best.height + gap))),
      width: best.width,
      height: best.height,
    };
  });
}

/**
 * Screens first, then people. Where a screen is shared it has most of the box, and the people are a
 * strip beside it, in an upright box below it; what the screens cannot use goes to the people.
 * @param {number} screens
 * @param {number} people
 * @param {number} width
 * @param {number} height
 * @param {number} [gap]
 * @returns {Rect[]}
 */
export function placeStage(screens, people, width, height, gap = 8) {
  if (screens < 1 || people < 1) return placeTiles(screens + people, width, height, gap);
  const beside = width > 1.2 * height;
  const whole = beside ? width : height;
  /** @param {number} length @returns {[number, number]} */
  const box = (length) => (beside ? [length, height] : [width, length]);
  /** @param {number} length */
  const large = (length) => placeTiles(screens, ...box(length), gap, NARROWEST_SCREEN);
  const most = large(whole * (beside ? 0.8 : 0.7) - gap);
  const ends = most.map((one) => (beside ? one.x + one.width : one.y + one.height));
  const starts = most.map((one) => (beside ? one.x : one.y));
  const main = Math.max(0, ...ends) - Math.min(...starts);
  const strip = Math.min(whole - gap - main, whole * 0.4);
  const start = Math.floor((whole - main - gap - strip) / 2);
  /** @param {Rect[]} tiles @param {number} by */
  const move = (tiles, by) =>
    tiles.map((one) => (beside ? { ...one, x: one.x + by } : { ...one, y: one.y + by }));
  return [...move(large(main), start), ...move(placeTiles(people, ...box(strip), gap), start + main + gap)];
}

/**
 * The biggest tile of an allowed shape within a cell, in whole pixels.
 * @param {number} width
 * @param {number} height
 * @param {number} narrowest
 */
function fit(width, height, narrowest) {
  const w = Math.max(0, Math.min(width, height * WIDEST));
  const h = Math.max(0, Math.min(height, w / narrowest));
  return { width: Math.floor(w), height: Math.floor(h) };
}
