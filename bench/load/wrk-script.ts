import { randomUUID } from 'node:crypto';

import { type SignedPayload, sizeOf } from './payload.js';

/** What stands before the figures in wrk's output. */
export const MARK = 'BENCH ';

/**
 * A script for wrk that sends one signed payload again and again, each time under another `X-GitHub-Delivery`, and
 * prints its figures as JSON. Only the ids are put in while it runs: what the load costs is not to be measured.
 */
export function wrkScript(host: string, webhook: SignedPayload, bodyFile: string): string {
  const { 'X-GitHub-Delivery': _, ...others } = webhook.headers;
  const lines = { Host: host, 'Content-Length': String(sizeOf(webhook)), ...others };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  // The first 24 of a GUID's 36 characters, then 12 hex digits that count.
  const guid = randomUUID().slice(0, 24);
  return `
local file = assert(io.open(${luaString(bodyFile)}, "rb"))
local tail = "\\r\\n\\r\\n" .. file:read("*a")
file:close()
local head = ${luaString(`POST /proxy HTTP/1.1\r\n${head.join('')}X-GitHub-Delivery: ${guid}`)}
local count = 0

function request()
  count = count + 1
  return head .. string.format("%012x", count) .. tail
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\n${MARK}{"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"badStatus":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
`;
}

/** JSON's escapes of what occurs here are Lua's. */
const luaString = (text: string): string => JSON.stringify(text);
