/** Content type of every answer but those that a client asked for as JSON. */
export const TEXT_PLAIN = 'text/plain; charset=utf-8';
