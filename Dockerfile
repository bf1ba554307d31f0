# One bundle on distroless Node: no shell, no package manager, no root. docs/operations/image.md tells how to build it.
FROM docker.io/library/node:24-trixie-slim AS build
WORKDIR /ramify
COPY package.json package-lock.json ./
# No install scripts, and the versions and digests of the lock file. Not `npm ci`: it refuses a lock file that lacks the optional
# programs of other platforms, none of which is needed here.
RUN npm install --no-save --ignore-scripts --no-audit --no-fund
COPY scripts/build.ts scripts/narrowed.ts scripts/
COPY src src
RUN node scripts/build.ts

FROM gcr.io/distroless/nodejs24-debian13:nonroot
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ramify" \
      org.opencontainers.image.description="RAM OAuth applications as Kubernetes resources" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /ramify
COPY --from=build /ramify/dist ./
COPY LICENSE ./
ENV NODE_ENV=production
USER 65532:65532
STOPSIGNAL SIGTERM
# By itself Node 24 lets young objects take 134 MB: a start with 10,000 resources would need 100 MB more, and no less CPU.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=16", "/ramify/ramify.js"]
CMD ["controller"]
