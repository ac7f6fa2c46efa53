import { type INestApplication, Injectable } from '@nestjs/common';

/** The description of `/deliveries`, made when it is first asked for: what makes it takes 0.2 s to load. */
@Injectable()
export class OpenApi {
  #application: INestApplication | undefined;
  #document: Promise<object> | undefined;

  /** @param application the one that is described */
  describes(application: INestApplication): void {
    this.#application = application;
  }

  document(): Promise<object> {
    const application = this.#application;
    if (application === undefined) return Promise.reject(new Error('there is no application to describe'));
    this.#document ??= import('./document.js').then(({ createDocument }) => createDocument(application));
    return this.#document;
  }
}
