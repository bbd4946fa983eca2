// A client of the engine for Node services: the protos of this repository, loaded at run time.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");

// What to try again, and how calls spread over replicas: examples/service_config.json.
const serviceConfig = fs.readFileSync(path.join(root, "examples/service_config.json"), "utf8");

const types = protoLoader.loadSync(
  ["prediction_service", "record_service", "model_service"].map(
    (name) => `aifx/ml/v1/${name}.proto`,
  ),
  {
    includeDirs: [path.join(root, "proto")],
    keepCase: true,
    longs: String, // versions (YYYYMMDDhhmmss) are exact as text
    enums: String,
    defaults: false, // what is absent stays absent: p_win of a HOLD, for example
    oneofs: true,
  },
);
const api = grpc.loadPackageDefinition(types).aifx.ml.v1;

// Clients of the engine at `address`: HOST:PORT, or dns:///NAME:PORT for all replicas behind a name.
// `tls`: { ca, key, certificate } as buffers; `token`: shown with every call.
export function connect(address, { tls, token } = {}) {
  const credentials = tls
    ? grpc.credentials.createSsl(tls.ca, tls.key, tls.certificate)
    : grpc.credentials.createInsecure();
  const options = {
    "grpc.service_config": serviceConfig,
    "grpc.enable_http_proxy": 0,
  };
  const clients = {
    predictions: new api.PredictionService(address, credentials, options),
    records: new api.RecordService(address, credentials, options),
    models: new api.ModelService(address, credentials, options),
  };
  const metadata = () => {
    const values = new grpc.Metadata();
    if (token) values.set("authorization", `Bearer ${token}`);
    return values;
  };
  return {
    // One answer, within `timeoutMs`: always give a deadline, it travels to every step of the
    // engine. Rejects with an error that has `code` and `details`.
    call(client, method, request, timeoutMs) {
      return new Promise((resolve, reject) => {
        clients[client][method](
          request,
          metadata(),
          { deadline: Date.now() + timeoutMs },
          (error, answer) => (error ? reject(error) : resolve(answer)),
        );
      });
    },
    // Answers as they come: an async iterable, with cancel().
    stream: (client, method, request) => clients[client][method](request, metadata()),
    close: () => Object.values(clients).forEach((client) => client.close()),
  };
}

export const codeName = (error) => grpc.status[error.code] ?? String(error.code);
