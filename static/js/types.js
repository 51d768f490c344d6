// @ts-check
/**
 * The shapes of the protocol that the pages use; see docs/protocol.md and GET /api/schema.
 * @module
 *
 * @typedef {"open"|"request"|"invite"|"closed"} Mode
 * @typedef {"host"|"moderator"|"attendee"} Role
 * @typedef {"open"|"lobby"|"locked"} Entry
 * @typedef {"viewer"|"requested"|"offered"|"backstage"|"on_stage"|"held"} Seat
 * @typedef {"microphone"|"camera"|"screen"} Device
 *
 * @typedef {{by_name: string, reason: "approved"|"invited"|"opened", expires_at: number}} Offer
 *
 * @typedef {object} Person
 * @property {string} id
 * @property {string} name
 * @property {Role} role
 * @property {Seat} seat
 * @property {boolean} away
 * @property {number|null} hand order of the raised hand
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {number|null} requested_at order of the request
 * @property {Offer|null} offer
 * @property {boolean} barred removed before, so that a moderator has to agree (rule 13)
 * @property {number} may_ask_at milliseconds of the server's clock
 * @property {string|null} unmute_asked_by id of a moderator
 * @property {number} requested_since milliseconds of the server's clock, as all times
 * @property {number} hand_since
 * @property {number} hand_restorable_until a hand that went down by itself may be put up again
 * @property {number} spoke_ms how long the person has been heard
 * @property {string} link id of the link that led here; for moderators
 * @property {boolean} backstage waits backstage, be the seat held; for moderators, and of oneself
 *
 * @typedef {object} Settings
 * @property {number} capacity
 * @property {number} offer_ms
 * @property {number} hold_ms
 * @property {number} cooldown_ms
 * @property {boolean} may_leave_stage
 * @property {boolean} bump_longest_silent
 * @property {boolean} chat
 * @property {number} slow_ms
 * @property {boolean} premoderated moderators approve first
 * @property {boolean} questions
 * @property {boolean} may_raise_hand
 * @property {boolean} may_rename
 * @property {boolean} lower_hand_once_spoken
 * @property {boolean} reactions
 * @property {boolean} backstage attendees on their way up wait there until they are brought on
 *
 * @typedef {{id: string, name: string, mode: Mode, settings: Settings, ended: boolean, entry: Entry, opens_at: number|null}} Room
 *
 * @typedef {object} Happening
 * @property {number} number
 * @property {number} at
 * @property {string} what
 * @property {string} [person]
 * @property {string} [person_name]
 * @property {string} [by]
 * @property {string} [by_name]
 * @property {Device} [device]
 * @property {boolean} [on]
 * @property {Mode} [mode]
 * @property {Entry} [entry]
 * @property {string[]} [people] ids of all whom it concerns, where it may be several
 *
 * @typedef {"waiting"|"shown"|"rejected"} Standing
 *
 * @typedef {object} Message
 * @property {number} number
 * @property {number} place orders messages; 0 while it waits
 * @property {number} at
 * @property {string} by
 * @property {string} by_name
 * @property {boolean} by_moderator
 * @property {string} text
 * @property {"room"|"moderators"|"private"} channel
 * @property {string} thread whose private thread it is in
 * @property {boolean} announcement
 * @property {number} reply_to
 * @property {Standing} standing
 * @property {string} key
 *
 * @typedef {object} Question
 * @property {number} number
 * @property {number} at
 * @property {string} by
 * @property {string} by_name
 * @property {string} text
 * @property {number} votes
 * @property {"open"|"answered"|"dismissed"} answer
 * @property {Standing} standing
 * @property {string} key
 *
 * @typedef {{mid: string, person: string, kind: "audio"|"video"|"screen"}} Track
 * @typedef {{revision: number, fresh: boolean, sdp: string, tracks: Track[]}} SubscribeOffer
 * @typedef {{revision: number, tracks: Track[]}} TracksChanged
 *
 * @typedef {object} App what every part of the page is given
 * @property {string} room the room's id
 * @property {import("./store.js").Store} store
 * @property {import("./chat/talk.js").Talk} talk
 * @property {import("./chat/outbox.js").Outbox} outbox
 * @property {(type: string, fields?: object) => Promise<any>} send rejects with Refused
 * @property {(type: string, fields?: object) => Promise<boolean>} act send; a refusal is shown
 * @property {() => string} session the token of one's session, for what is asked over HTTP
 * @property {import("./event/state.js").EventState} event
 * @property {import("./notices.js").Notices} notices
 * @property {import("./voice.js").Voice} voice
 * @property {import("./devices.js").Devices} devices
 * @property {import("./capture.js").Capture} capture
 * @property {import("./self-media.js").SelfMedia} media
 * @property {(lead: Lead) => void} getReady opens the ready window
 * @property {() => void} openDevices
 * @property {() => Promise<void>} inviteMyself a moderator's way up where the stage is not open
 * @property {() => Promise<void>} declineOffer
 *
 * @typedef {"join"|"offer"} Lead what the ready window leads to: join_stage or accept_offer
 */
export {};
