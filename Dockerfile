# Any image with Node.js 24 and npm on its PATH will do: --build-arg NODE_IMAGE=...
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY .npmrc package.json package-lock.json ./
# What is native comes built, as a package for this platform: nothing of a dependency has to run here.
RUN npm ci --omit=dev --ignore-scripts
# Half of what they bring is for who writes or debugs programs, and is never loaded: types and sources in TypeScript,
# source maps, native sources, pages (but licences), tests.
RUN find node_modules -type f \( -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' -o -name '*.[ch]' -o -name '*.cpp' \
      -o -iname '*.md' ! -iname 'licen[cs]e*' \) -delete \
 && find node_modules \( -path '*/.github/*' -o -path '*/benchmarks/*' -o -path '*/docs/*' -o -path '*/examples/*' \
      -o -path '*/test/*' -o -path '*/tests/*' \) -delete

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY .npmrc package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && chmod 0755 dist/main.js

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="sprayproxy" \
      org.opencontainers.image.description="One GitHub App webhook in, every cluster gets it, byte for byte." \
      org.opencontainers.image.licenses="Apache-2.0"

# Public certificate authorities are built into Node.js; SPRAYPROXY_BACKEND_CA_FILE names a file with further ones.
ENV NODE_ENV=production

WORKDIR /app
COPY LICENSE package.json ./
# Served at /deliveries/openapi.json.
COPY docs/openapi.json ./docs/
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN ln -s /app/dist/main.js /usr/local/bin/sprayproxy

# A number, because runAsNonRoot cannot judge a name. Nothing is written at run time but the spool, where one is mounted.
USER 65532:65532
EXPOSE 8080 9090
# Manifests append another `server`; the program ignores it.
ENTRYPOINT ["sprayproxy", "server"]
