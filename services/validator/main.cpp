// gouji-validator: parsed reports in, verdicts and anomalies out, on Kafka.
#include "common/host/stage_service.h"
#include "services/validator/service.h"

int main(int argc, char** argv) { return gouji::host::run_stage_service(argc, argv, gouji::validator::service()); }
