// How long PostgreSQL is waited for, by the pool and by connections of one's own alike.

/** How long, in milliseconds, whoever asks for a connection waits: for one of the pool's to be free, or for a new one to be made. */
export const connectionPatienceMilliseconds = 5_000;

/** When no answer came by then, the server or the way to it is gone: one that is there has cancelled the pool's statement. */
export const answerTimeoutMilliseconds = 6_000;
