// Headers that nearly every file needs, compiled once per library. Nothing of ours, nothing heavy.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
