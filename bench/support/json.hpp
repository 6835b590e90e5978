#pragma once
// json: just enough to write an object of numbers, strings and ready-made values.

#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline std::string json_text(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') { out += '\\'; }
    out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out + '"';
}

inline std::string json_number(double x) {
  if (!std::isfinite(x)) { return "null"; }
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", x);
  return text;
}

class json_object {
 public:
  json_object& raw(std::string_view name, const std::string& value) {
    body_ += (body_.empty() ? "" : ", ") + json_text(name) + ": " + value;
    return *this;
  }
  json_object& text(std::string_view name, std::string_view value) { return raw(name, json_text(value)); }
  json_object& number(std::string_view name, double value) { return raw(name, json_number(value)); }
  [[nodiscard]] std::string str() const { return "{" + body_ + "}"; }

 private:
  std::string body_;
};

/// One element a line, so that a diff of two files can be read.
inline std::string json_list(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& v : values) { out += (out.size() == 1 ? "\n    " : ",\n    ") + v; }
  return out + (values.empty() ? "]" : "\n  ]");
}

} // namespace bench
