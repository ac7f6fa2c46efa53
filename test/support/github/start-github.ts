import { ScriptedGithub } from '../../../testing/github/scripted-github.js';
import { onCleanup } from '../cleanup.js';
import { SECRET } from '../start-sprayproxy.js';
import { makeTempDir } from '../temp-dir.js';
import { PublishedApi } from './published-api.js';

/** It takes half a second to read. */
let description: PublishedApi | undefined;

/** Starts one that is held to what GitHub publishes of its API, until the test is over. */
export async function startGithub(): Promise<ScriptedGithub> {
  description ??= new PublishedApi();
  const github = await ScriptedGithub.start({ directory: makeTempDir(), secret: SECRET, description });
  onCleanup(() => github.stop());
  return github;
}
