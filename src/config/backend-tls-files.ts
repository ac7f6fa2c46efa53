/** Paths of PEM files. */
export interface BackendTlsFiles {
  /** Authorities that are trusted beside the known ones. */
  readonly caFile: string | undefined;
  /** Those that Node trusts beside its own. */
  readonly extraCaFile: string | undefined;
  /** What is shown to a backend that asks for a certificate. */
  readonly client: { readonly certFile: string; readonly keyFile: string } | undefined;
}
