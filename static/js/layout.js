// @ts-check
/** Where the tiles of the stage go. Pure. */

/** @typedef {{x: number, y: number, width: number, height: number}} Rect */

const WIDEST = 16 / 9;

/**
 * The biggest equal tiles for `count` people in a box of `width` by `height` pixels, in rows, the
 * last one centred. A tile is between 4:3 and 16:9, in an upright box between 1:1 and 16:9: the
 * picture fills it and loses a little at its edges rather than leave much of the box empty.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {number} [gap] pixels between tiles
 * @returns {Rect[]}
 */
export function placeTiles(count, width, height, gap = 8) {
  if (count < 1 || width <= 0 || height <= 0) return [];
  const narrowest = height > width ? 1 : 4 / 3;
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
