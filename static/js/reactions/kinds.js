// @ts-check
/** All the reactions that there are, in the order in which they are offered. */
import { t } from "../words.js";

/** @typedef {"clap"|"heart"|"laugh"|"wow"|"party"|"thumb"} Reaction */
/** @typedef {Partial<Record<Reaction, number>>} Counts */

/** @type {{name: Reaction, picture: string, label: string}[]} */
export const REACTIONS = [
  { name: "clap", picture: "👏", label: t("Applause") },
  { name: "heart", picture: "❤️", label: t("Heart") },
  { name: "laugh", picture: "😂", label: t("Laughter") },
  { name: "wow", picture: "😮", label: t("Surprise") },
  { name: "party", picture: "🎉", label: t("Celebration") },
  { name: "thumb", picture: "👍", label: t("Thumbs up") },
];
