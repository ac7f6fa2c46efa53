import { nodeFlags } from '../../testing/node-flags.js';

/** Another commit, built. */
export interface Build {
  /** As it was asked for. */
  readonly ref: string;
  /** Its hash, short. */
  readonly commit: string;
  /** The built program; its first line says which flags it wants. */
  readonly main: string;
}

/** What the report tells of it. */
export interface AboutBuild {
  readonly ref: string;
  readonly commit: string;
  readonly nodeFlags: readonly string[];
}

export const aboutBuild = ({ ref, commit, main }: Build): AboutBuild => ({
  ref,
  commit,
  nodeFlags: nodeFlags(main),
});
