// @ts-check
/**
 * Polls and quizzes as the protocol has them; see docs/protocol.md.
 * @module
 *
 * @typedef {"single"|"multiple"|"rating"|"text"|"words"} Kind
 * @typedef {"hidden"|"live"|"on_close"} Showing
 *
 * @typedef {object} PollForm
 * @property {Kind} kind
 * @property {string} question
 * @property {string[]} options
 * @property {number} least
 * @property {number} most
 * @property {boolean} anonymous
 * @property {Showing} showing
 * @property {boolean} may_change
 * @property {number} open_ms
 *
 * @typedef {object} Results
 * @property {number} votes
 * @property {number[]} counts
 * @property {string[]} texts
 * @property {{word: string, count: number}[]} words
 * @property {number} more
 *
 * @typedef {PollForm & {id: number, state: "draft"|"open"|"closed", closes_at: number|null, results: Results|null}} Poll
 *
 * @typedef {object} Ballot
 * @property {number[]} [choices]
 * @property {number} [rating]
 * @property {string} [text]
 * @property {string[]} [words]
 *
 * @typedef {Ballot & {poll: number, held: boolean, counted: boolean}} MyVote
 *
 * @typedef {{question: string, options: string[], right: number[], time_ms: number}} QuizQuestion
 * @typedef {{title: string, questions: QuizQuestion[], leaderboard: boolean}} QuizForm
 *
 * @typedef {object} AskedNow
 * @property {number} number
 * @property {string} question
 * @property {string[]} options
 * @property {boolean} several
 * @property {number} time_ms
 * @property {number|null} closes_at
 * @property {number} answers
 * @property {number[]|null} right
 * @property {number[]|null} counts
 *
 * @typedef {{place: number, person: string, name: string, score: number}} Leader
 * @typedef {{question: string, options: string[], right: number[], counts: number[]}} Reviewed
 *
 * @typedef {object} Quiz
 * @property {number} id
 * @property {string} title
 * @property {"draft"|"asking"|"between"|"ended"} state
 * @property {number} questions how many there are
 * @property {boolean} leaderboard
 * @property {AskedNow|null} question
 * @property {Leader[]} leaders
 * @property {Reviewed[]} review
 * @property {QuizForm|null} form
 *
 * @typedef {{question: number, choices: number[], points: number|null}} MyAnswer
 * @typedef {{quiz: number, score: number, place: number, answers: MyAnswer[]}} MyQuiz
 */
export {};
