/** Of answers: those to senders who did nothing wrong. The alerts leave the others out too: anybody can cause a fast 400. */
export const IN_ORDER = 'status!~"4.."';
