import { Injectable } from '@nestjs/common';

/** Whether new webhooks are welcome. */
@Injectable()
export class Readiness {
  #ready = true;

  get ready(): boolean {
    return this.#ready;
  }

  fall(): void {
    this.#ready = false;
  }
}
