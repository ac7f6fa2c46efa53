import { type Webhook } from './github.js';

/** The command that sends this webhook from a shell, on one line. */
export function curlLine(url: string, { headers, payload }: Webhook): string {
  const words = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return [
    // A proxy that the shell has set cannot reach this machine's loopback; -w ends the answer's line.
    `curl -sS --noproxy '*' -w '\\n'`,
    ...words,
    `--data-binary ${quoted(payload.toString())}`,
    url,
  ].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
