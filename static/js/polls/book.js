// @ts-check
/** @import {MyQuiz, MyVote, Poll, Quiz} from "./types.js" */

/** What the server leaves unsaid is the default. */
const POLL = { options: [], least: 1, most: 1, open_ms: 0, closes_at: null, results: null };
const RESULTS = { votes: 0, counts: [], texts: [], words: [], more: 0 };
const QUIZ = { question: null, leaders: [], review: [], form: null };
const ASKED = { closes_at: null, answers: 0, right: null, counts: null };

/** What the page knows of polls and quizzes: a part of the store's view. */
export class Book {
  /** @type {Map<number, Poll>} */
  polls = new Map();
  /** @type {Map<number, MyVote>} by poll */
  votes = new Map();
  /** @type {Map<number, Quiz>} */
  quizzes = new Map();
  /** @type {Map<number, MyQuiz>} by quiz */
  scores = new Map();
  /** Called after a whole view, when one has entered or come back. */
  entered = () => {};

  /** @param {any} view */
  welcome(view) {
    for (const known of [this.polls, this.votes, this.quizzes, this.scores]) known.clear();
    this.update(view);
    this.entered();
  }

  /** @param {any} news */
  update(news) {
    lay(this.polls, news.polls, "polls", "id", (one) => ({ ...POLL, ...one, results: one.results ? { ...RESULTS, ...one.results } : null }));
    lay(this.votes, news.my_votes, "votes", "poll", (one) => ({ held: false, counted: false, ...one }));
    lay(this.quizzes, news.quizzes, "quizzes", "id", (one) => ({ ...QUIZ, ...one, question: one.question ? { ...ASKED, ...one.question } : null }));
    lay(this.scores, news.my_quizzes, "quizzes", "quiz", (one) => ({ score: 0, place: 0, answers: [], ...one }));
    for (const id of this.votes.keys()) {
      const poll = this.polls.get(id);
      // Of a counted anonymous vote nobody knows any more what it was.
      if (!poll || (poll.anonymous && poll.state === "closed")) this.votes.delete(id);
    }
    for (const id of this.scores.keys()) if (!this.quizzes.has(id)) this.scores.delete(id);
  }
}

/**
 * @param {Map<number, any>} known @param {any} news @param {string} field @param {string} key
 * @param {(item: any) => any} whole
 */
function lay(known, news, field, key, whole) {
  if (!news) return;
  if (news.whole) known.clear();
  for (const id of news.gone ?? []) known.delete(id);
  for (const item of news[field] ?? []) known.set(item[key], whole(item));
}
