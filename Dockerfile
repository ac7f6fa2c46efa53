# Any image with Node.js 24 and npm on its PATH will do: --build-arg NODE_IMAGE=...; with @sha256:... behind its tag both
# stages are pinned to what that was once (k8s/README.md).
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY .npmrc package.json package-lock.json ./
# What is native comes built, as a package for this platform: nothing of a dependency has to run here.
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY scripts/bundle ./scripts/bundle
COPY src ./src
COPY web ./web
# Runs the program for a second, and keeps what this Node.js has compiled of it.
RUN npm run build

FROM ${NODE_IMAGE}
ARG NODE_IMAGE
LABEL org.opencontainers.image.title="sprayproxy" \
      org.opencontainers.image.base.name="${NODE_IMAGE}" \
      org.opencontainers.image.description="One GitHub App webhook in, every cluster gets it, byte for byte." \
      org.opencontainers.image.licenses="Apache-2.0"

# Public certificate authorities are built into Node.js; SPRAYPROXY_BACKEND_CA_FILE names a file with further ones.
ENV NODE_ENV=production

WORKDIR /app
COPY LICENSE package.json ./
# Served at /deliveries/openapi.json.
COPY docs/openapi.json ./docs/
COPY --from=build /app/dist/main.js ./dist/
# With all it needs of its dependencies, and their licences.
COPY --from=build /app/dist/bundle ./dist/bundle
# Served at /deliveries.
COPY --from=build /app/dist/page ./dist/page
RUN ln -s /app/dist/main.js /usr/local/bin/sprayproxy

# A number, because runAsNonRoot cannot judge a name. Nothing is written at run time but the spool, where one is mounted.
USER 65532:65532
EXPOSE 8080 8444 9090
# Manifests append another `server`; the program ignores it.
ENTRYPOINT ["sprayproxy", "server"]
