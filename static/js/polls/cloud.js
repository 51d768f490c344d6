// @ts-check
/** Words laid out around the middle, the most given first. The same words always look the same. */

const WIDTH = 320;
const LEAST = 9;
const SMALLEST = 14;
const LARGEST = 46;
const GAP = 3;
const NARROWEST = 200; // a few words are not blown up beyond this width
const STEPS = 2500;
const AREA = 60_000; // what all words together may fill

/** @typedef {{word: string, count: number, size: number, x: number, y: number, width: number}} Placed the middle */

/**
 * Place words without overlaps along a spiral; a word for which there is no place is left out.
 * @param {{word: string, count: number}[]} words the most given first
 * @param {(word: string, size: number) => number} measure the width of a word at a font size
 * @returns {Placed[]}
 */
export function placeWords(words, measure) {
  const most = words[0]?.count ?? 1;
  const wanted = words.map(({ word, count }) => {
    const share = most > 1 ? Math.sqrt((count - 1) / (most - 1)) : 0.4;
    const size = SMALLEST + (LARGEST - SMALLEST) * share;
    return Math.min(size, (size * (WIDTH - 2 * GAP)) / measure(word, size));
  });
  const filled = words.reduce((all, { word }, index) => all + wanted[index] * measure(word, wanted[index]), 0);
  const scale = Math.min(1, Math.sqrt(AREA / filled));
  /** @type {Placed[]} */
  const placed = [];
  words.forEach(({ word, count }, index) => {
    const size = Math.max(wanted[index] * scale, LEAST);
    const width = measure(word, size);
    const found = spot(placed, width, size);
    if (found) placed.push({ word, count, size, width, ...found });
  });
  return placed;
}

/** @param {Placed[]} placed @param {number} width @param {number} size */
function spot(placed, width, size) {
  for (let step = 0; step < STEPS; step++) {
    const angle = step * 0.35;
    const radius = step * 0.22;
    const x = radius * Math.cos(angle) * 1.15;
    const y = radius * Math.sin(angle) * 0.75;
    if (Math.abs(x) + width / 2 > WIDTH / 2) continue;
    const apart = (/** @type {Placed} */ one) =>
      Math.abs(one.x - x) >= (one.width + width) / 2 + GAP || Math.abs(one.y - y) >= (one.size + size) * 0.58 + GAP;
    if (placed.every(apart)) return { x, y };
  }
  return null;
}

const SVG = "http://www.w3.org/2000/svg";
/** @type {CanvasRenderingContext2D|null} */
let ruler = null;

/** @param {string} word @param {number} size */
function measured(word, size) {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) return word.length * size * 0.6;
  ruler.font = `600 ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(word).width;
}

/**
 * The cloud as a picture; what it says is to be said in text beside it.
 * @param {{word: string, count: number}[]} words
 */
export function cloud(words) {
  const placed = placeWords(words, measured);
  const left = Math.min(...placed.map((one) => one.x - one.width / 2));
  const right = Math.max(...placed.map((one) => one.x + one.width / 2));
  const top = Math.min(...placed.map((one) => one.y - one.size * 0.7));
  const bottom = Math.max(...placed.map((one) => one.y + one.size * 0.7));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "cloud");
  const width = Math.max(right - left, NARROWEST);
  svg.setAttribute("viewBox", `${(left + right - width) / 2} ${top} ${width} ${bottom - top}`);
  svg.setAttribute("aria-hidden", "true");
  placed.forEach(({ word, size, x, y }, index) => {
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", String(x));
    text.setAttribute("y", String(y));
    text.setAttribute("font-size", String(size));
    text.setAttribute("data-tone", String(index % 4));
    text.textContent = word;
    svg.append(text);
  });
  return svg;
}
