/** Another commit, built. */
export interface Build {
  /** As it was asked for. */
  readonly ref: string;
  /** Its hash, short. */
  readonly commit: string;
  /** The built program; its first line says which flags it wants. */
  readonly main: string;
}
