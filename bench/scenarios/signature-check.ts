import { newAgent, send } from '../load/send.js';
import { signedPayload } from '../load/payload.js';

const BYTES = 1000;

/** A contender that takes every signature would be measured without what costs most. */
export async function signatureFaults(url: string): Promise<string[]> {
  const agent = newAgent();
  const good = signedPayload(BYTES);
  const forged = { ...good, parts: [Buffer.alloc(BYTES, 'y')] };
  const answers = [await send(url, good, agent), await send(url, forged, agent)] as const;
  agent.destroy();
  const [{ status }, { status: forgedStatus }] = answers;
  return [
    ...(status >= 200 && status < 300 ? [] : [`a signed webhook was answered ${status}`]),
    ...(forgedStatus === 400 || forgedStatus === 401
      ? []
      : [`a forged webhook was answered ${forgedStatus}`]),
  ];
}
