#include "core/kubelet/runtime/files.hpp"

#include <algorithm>

#include "core/api/keys.hpp"

namespace pilothouse::kubelet {
namespace {

const Key kMountPath = Key::intern("mountPath");
const Key kSubPath = Key::intern("subPath");
const Key kVolumeMounts = Key::intern("volumeMounts");
constexpr std::string_view kVolumePrefix = "volume:";

bool isUnder(std::string_view path, std::string_view folder) {
  if (folder.size() > 1 && folder.back() == '/') folder.remove_suffix(1);
  if (path.substr(0, folder.size()) != folder) return false;
  return path.size() == folder.size() || path[folder.size()] == '/' || folder == "/";
}

}  // namespace

void PodFiles::setVolume(Value name, Value content) {
  for (Volume& volume : volumes_) {
    if (volume.name == name) {
      volume.content = std::move(content);
      return;
    }
  }
  volumes_.push_back({std::move(name), std::move(content)});
}

const PodFiles::Volume* PodFiles::volumeOf(const std::string& key, std::string_view& path) const {
  if (key.compare(0, kVolumePrefix.size(), kVolumePrefix) != 0) return nullptr;
  const std::string_view rest = std::string_view(key).substr(kVolumePrefix.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return nullptr;
  for (const Volume& volume : volumes_) {
    if (volume.name.asString() == rest.substr(0, slash)) {
      path = rest.substr(slash + 1);
      return &volume;
    }
  }
  return nullptr;
}

std::optional<std::string> PodFiles::read(const std::string& key) const {
  for (const File& file : files_) {
    if (file.key == key) return file.content;
  }
  std::string_view path;
  if (const Volume* volume = volumeOf(key, path)) {
    if (const Value& text = volume->content[path]; text.isString()) return text.toString();
  }
  return std::nullopt;
}

bool PodFiles::write(const std::string& key, std::string_view content, bool append) {
  std::size_t total = content.size();
  for (const File& file : files_) total += file.content.size();
  if (total > kTotalMax) return false;
  for (File& file : files_) {
    if (file.key != key) continue;
    if (!append) file.content.clear();
    if (file.content.size() + content.size() > kFileSizeMax) return false;
    file.content += content;
    return true;
  }
  std::string_view path;
  if (volumeOf(key, path) != nullptr) return false;  // such volumes are read-only
  if (files_.size() >= kFilesMax || content.size() > kFileSizeMax) return false;
  files_.push_back({key, std::string(content)});
  return true;
}

bool PodFiles::remove(const std::string& key) {
  const auto at =
      std::find_if(files_.begin(), files_.end(), [&key](const File& file) { return file.key == key; });
  if (at == files_.end()) return false;
  files_.erase(at);
  return true;
}

std::vector<std::string> PodFiles::list(const std::string& folder) const {
  std::vector<std::string> names;
  const auto add = [&names](std::string_view path) {
    const std::string name(path.substr(0, path.find('/')));
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const File& file : files_) {
    if (file.key.compare(0, folder.size(), folder) == 0) {
      add(std::string_view(file.key).substr(folder.size()));
    }
  }
  std::string_view path;
  if (const Volume* volume = volumeOf(folder, path); volume != nullptr && path.empty()) {
    for (const Key key : volume->content.memberKeys()) add(key.text());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string ContainerFiles::absolute(std::string_view path) const {
  std::string whole(path);
  if (path.empty() || path.front() != '/') whole = folder_ + "/" + whole;
  std::vector<std::string_view> parts;
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : parts) out.append("/").append(part);
  // A folder of its own is marked by a file "." in it.
  if (path.size() > 1 && path.substr(path.size() - 2) == "/.") out += "/.";
  return out.empty() ? "/" : out;
}

std::string ContainerFiles::keyOf(std::string_view path) const {
  bool own = false;
  return absoluteKey(absolute(path), own);
}

// `own` when it is under no mount.
std::string ContainerFiles::absoluteKey(std::string_view path, bool& own) const {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const Value* best = nullptr;
  for (const Value& mount : (*spec_)[kVolumeMounts].items()) {
    const std::string_view folder = mount[kMountPath].asString();
    const bool longer = best == nullptr || folder.size() > (*best)[kMountPath].asString().size();
    if (isUnder(path, folder) && longer) best = &mount;
  }
  own = best == nullptr;
  if (best == nullptr) return (*spec_)[keys::name].toString() + ":" + std::string(path);
  std::string_view folder = (*best)[kMountPath].asString();
  if (folder.size() > 1 && folder.back() == '/') folder.remove_suffix(1);
  std::string_view rest = path.substr(std::min(path.size(), folder.size()));
  while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
  std::string key = std::string(kVolumePrefix) + (*best)[keys::name].toString() + "/";
  const std::string_view sub = (*best)[kSubPath].asString();
  key += sub;
  if (!sub.empty() && !rest.empty()) key += '/';
  key += rest;
  return key;
}

std::optional<std::string> ContainerFiles::read(std::string_view path) const {
  if (files_ == nullptr) return std::nullopt;
  bool own = false;
  const std::string whole = absolute(path);
  auto content = files_->read(absoluteKey(whole, own));
  return content || !own ? content : systemFile(system_, whole);
}

bool ContainerFiles::isFolder(std::string_view path) const {
  if (files_ == nullptr) return false;
  bool own = false;
  const std::string whole = absolute(path);
  const std::string key = absoluteKey(whole, own);
  if (!files_->list(key.back() == '/' ? key : key + "/").empty() || files_->read(key + "/")) return true;
  for (const Value& mount : (*spec_)[kVolumeMounts].items()) {
    if (whole == mount[kMountPath].asString()) return true;
  }
  return own && systemFolder(system_, whole).has_value();
}

bool ContainerFiles::exists(std::string_view path) const { return read(path).has_value() || isFolder(path); }

bool ContainerFiles::write(std::string_view path, std::string_view content, bool append) {
  return files_ != nullptr && files_->write(keyOf(path), content, append);
}

bool ContainerFiles::remove(std::string_view path) {
  if (files_ == nullptr) return false;
  const std::string key = keyOf(path);
  return files_->remove(key) || files_->remove(key + "/");
}

std::vector<std::string> ContainerFiles::list(std::string_view folder) const {
  if (files_ == nullptr) return {};
  bool own = false;
  const std::string whole = absolute(folder);
  std::string key = absoluteKey(whole, own);
  if (key.back() != '/') key += '/';
  std::vector<std::string> names = files_->list(key);
  if (!own) return names;
  if (auto more = systemFolder(system_, whole)) {
    names.insert(names.end(), more->begin(), more->end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
  }
  return names;
}

}  // namespace pilothouse::kubelet
