#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/value/value.hpp"

namespace pilothouse::kubelet {

/// What the containers of one pod have written, and the volumes that they see. Bounded: a write beyond the
/// limits fails as on a full disk.
///
/// A file's key is "volume:<name>/<path>" for a path under a mount, else "<container>:<path>".
class PodFiles {
 public:
  static constexpr std::size_t kFilesMax = 256;
  static constexpr std::size_t kFileSizeMax = 64 * 1024;
  static constexpr std::size_t kTotalMax = 512 * 1024;

  /// The content of a configMap, secret, projected or downwardAPI volume: file names to text.
  void setVolume(Value name, Value content);

  [[nodiscard]] std::optional<std::string> read(const std::string& key) const;
  bool write(const std::string& key, std::string_view content, bool append);
  bool remove(const std::string& key);
  /// Names in a folder (the key's prefix, with '/').
  [[nodiscard]] std::vector<std::string> list(const std::string& folder) const;

 private:
  struct File {
    std::string key;
    std::string content;
  };
  struct Volume {
    Value name;
    Value content;
  };
  [[nodiscard]] const Volume* volumeOf(const std::string& key, std::string_view& path) const;

  std::vector<File> files_;  ///< in order of creation
  std::vector<Volume> volumes_;
};

struct Image;

/// What a container's files are made of that nobody has written: its image, and what the runtime puts in.
struct SystemView {
  const Image* image = nullptr;  ///< null: none of these files
  std::string_view hostname;
  std::string_view podIp;
  std::string_view ns;
};
std::optional<std::string> systemFile(const SystemView& view, std::string_view path);
/// Names in a folder; nothing when there is no such folder.
std::optional<std::vector<std::string>> systemFolder(const SystemView& view, std::string_view path);

/// One container's view: paths through its volumeMounts, relative ones from a folder.
class ContainerFiles {
 public:
  ContainerFiles(PodFiles* files, const Value& containerSpec) : files_(files), spec_(&containerSpec) {}

  void setSystem(const SystemView& system) { system_ = system; }
  [[nodiscard]] const SystemView& system() const { return system_; }
  /// The folder that relative paths begin at.
  void enter(std::string folder) { folder_ = std::move(folder); }
  /// Without "." and "..".
  [[nodiscard]] std::string absolute(std::string_view path) const;
  [[nodiscard]] bool isFolder(std::string_view path) const;
  [[nodiscard]] const Value& spec() const { return *spec_; }

  [[nodiscard]] std::optional<std::string> read(std::string_view path) const;
  [[nodiscard]] bool exists(std::string_view path) const;
  bool write(std::string_view path, std::string_view content, bool append);
  bool remove(std::string_view path);
  [[nodiscard]] std::vector<std::string> list(std::string_view folder) const;
  [[nodiscard]] PodFiles* pod() const { return files_; }
  /// The same view over a copy of the files, for looking ahead.
  [[nodiscard]] ContainerFiles over(PodFiles* files) const {
    ContainerFiles copy = *this;
    copy.files_ = files;
    return copy;
  }

 private:
  [[nodiscard]] std::string keyOf(std::string_view path) const;

  [[nodiscard]] std::string absoluteKey(std::string_view path, bool& own) const;

  PodFiles* files_;
  const Value* spec_;
  SystemView system_;
  std::string folder_ = "/";
};

}  // namespace pilothouse::kubelet
