#include "web/lesson_state.hpp"

#include "core/value/document.hpp"

namespace pilothouse::web {

namespace {

const Key kElapsed = Key::intern("elapsed");
const Key kProgress = Key::intern("progress");
const Key kSession = Key::intern("session");
const Key kDone = Key::intern("done");
/// A session that took longer is done again by the lesson's own steps instead of being replayed.
constexpr std::int64_t kReplayedSecondsMax = 2 * 3600;
constexpr std::size_t kKeptBytesMax = 1u << 20;

std::string storageKey(std::string_view id) { return "lesson." + std::string(id); }

Value readStored(Platform& platform, std::string_view id) {
  const Documents read = readJson(platform.load(storageKey(id)));
  return read.error || read.documents.empty() ? Value() : read.documents.front().value;
}

}  // namespace

const lesson::Words* wordsOf(const lesson::Lesson& lesson, std::string_view language) {
  const auto found = lesson.words.find(std::string(language));
  if (found != lesson.words.end()) return &found->second;
  return lesson.words.empty() ? nullptr : &lesson.words.begin()->second;
}

void Course::load(const BootFiles& boot) {
  lessons_.clear();
  for (const std::string& folder : lesson::lessonFolders(boot.files)) {
    lesson::LoadedLesson loaded = lesson::loadLesson(boot.files, folder);
    lessons_.push_back(std::make_unique<Entry>(Entry{std::move(loaded.lesson), std::move(loaded.errors)}));
  }
}

bool Course::isDone(Platform& platform, std::string_view id) {
  return readStored(platform, id)[kDone].asBool();
}

bool Course::open(std::string_view id, ClusterWorld& world, Platform& platform, bool resumes) {
  for (const std::unique_ptr<Entry>& entry : lessons_) {
    if (entry->lesson.id != id || !entry->errors.empty() || entry->lesson.steps.empty()) continue;
    runner_ = std::make_unique<lesson::LessonRunner>(entry->lesson, world);
    if (!resumes || !resume(world, platform)) runner_->start();
    keptChanges_ = 0;
    platform.store("lesson.open", id);
    return true;
  }
  return false;
}

bool Course::resume(ClusterWorld& world, Platform& platform) {
  const Value kept = readStored(platform, runner_->lesson().id);
  if (!runner_->resume(kept[kProgress])) return false;
  Session::Loaded loaded = Session::fromValue(kept[kSession]);
  const std::int64_t seconds = kept[kElapsed].asInt(-1);
  const bool same = loaded.error.empty() && !loaded.session.empty() && seconds >= 0 &&
                    seconds <= kReplayedSecondsMax &&
                    loaded.session.front().seed() == runner_->lesson().seed &&
                    loaded.session.front().preset() == runner_->lesson().preset;
  if (same) {
    world.restore(std::move(loaded.session.front()), std::chrono::seconds(seconds));
    world.highlight(runner_->step().point);
  } else {
    runner_->repeatStep();
  }
  return true;
}

void Course::close(Platform& platform) {
  runner_.reset();
  platform.store("lesson.open", "");
}

void Course::update(ClusterWorld& world, Platform& platform) {
  if (!runner_) return;
  runner_->update();
  const std::size_t inputs = world.cluster().session().inputs().size();
  if (runner_->isCatchingUp() || (runner_->changes() == keptChanges_ && inputs == keptInputs_)) return;
  keptChanges_ = runner_->changes();
  keptInputs_ = inputs;
  keep(world, platform);
}

void Course::keep(ClusterWorld& world, Platform& platform) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(world.elapsed()).count() + 1;
  const Value kept = Value::object({{kDone, runner_->finished() || isDone(platform, runner_->lesson().id)},
                                    {kElapsed, static_cast<std::int64_t>(seconds)},
                                    {kProgress, runner_->progress()},
                                    {kSession, world.cluster().session().toValue()}});
  const std::string text = writeJson(kept);
  if (text.size() <= kKeptBytesMax) platform.store(storageKey(runner_->lesson().id), text);
}

}  // namespace pilothouse::web
