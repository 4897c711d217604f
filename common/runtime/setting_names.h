// The three spellings of a setting's name. "kafka.bootstrap_servers" in the file is
// GOUJI_KAFKA__BOOTSTRAP_SERVERS in the environment and --kafka-bootstrap-servers as a flag; of a
// secret only the form with _file, _FILE, -file exists.
#pragma once

#include <string>

#include "common/runtime/settings.h"

namespace gouji::runtime {

std::string file_name(const SettingSpec& spec);
std::string environment_name(const SettingSpec& spec);
std::string flag_name(const SettingSpec& spec);

}  // namespace gouji::runtime
