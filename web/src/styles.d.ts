/** Vite makes a file of them, which the document names. */
declare module '*.css';
