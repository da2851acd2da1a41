#include "core/lesson/lesson.hpp"

#include <algorithm>
#include <set>

#include "core/lesson/lesson_reader.hpp"

namespace pilothouse::lesson {
namespace {

const Key kFile = Key::intern("file");
constexpr std::string_view kLessonFile = "/lesson.yaml";

void checkFiles(LessonReader& reader, const Lesson& lesson, const std::vector<Action>& actions,
                const std::string& path) {
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const Value& file = actions[i].arguments[kFile];
    if (file.isNull() || lesson.files.count(file.toString()) == 1) continue;
    reader.fail(path + "[" + std::to_string(i) + "]",
                "there is no file \"" + file.toString() + "\" in the lesson");
  }
}

Step readStep(LessonReader& reader, const Lesson& lesson, const Value& value, const std::string& path) {
  Step step;
  if (!reader.isObject(value, path, {"id", "world", "point", "predict", "run", "task", "wait", "show"}))
    return step;
  step.id = reader.text(value, "id", path, true);
  step.point = reader.text(value, "point", path, false);
  step.world = reader.readActions(value["world"], path + ".world");
  step.afterPrediction = reader.readActions(value["run"], path + ".run");
  step.show = reader.readActions(value["show"], path + ".show");
  checkFiles(reader, lesson, step.world, path + ".world");
  checkFiles(reader, lesson, step.afterPrediction, path + ".run");
  checkFiles(reader, lesson, step.show, path + ".show");

  step.task = !value["task"].isNull();
  if (step.task && !value["wait"].isNull())
    reader.fail(path + ".wait", "a step has a task or a wait, not both");
  if (step.task) step.check = reader.readCheck(value["task"], path + ".task");
  if (!step.task && !value["wait"].isNull()) step.check = reader.readCheck(value["wait"], path + ".wait");
  if (step.task && step.show.empty())
    reader.fail(path + ".show", "a task needs inputs that show its solution");

  const Value& choices = value["predict"];
  if (choices.isNull() || !reader.isArray(choices, path + ".predict")) return step;
  if (choices.size() < 2) reader.fail(path + ".predict", "a prediction needs at least two choices");
  if (!step.check)
    reader.fail(path + ".predict", "a prediction needs a task or a wait that shows the outcome");
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const std::string place = path + ".predict[" + std::to_string(i) + "]";
    if (!reader.isObject(choices.item(i), place, {"id", "check"})) continue;
    Choice choice;
    choice.id = reader.text(choices.item(i), "id", place, true);
    choice.check = reader.readCheck(choices.item(i)["check"], place + ".check");
    step.choices.push_back(std::move(choice));
  }
  return step;
}

void readLesson(LessonReader& reader, const Value& root, Lesson& lesson) {
  if (!reader.isObject(root, "", {"cluster", "minutes", "steps"})) return;
  const Value& cluster = root["cluster"];
  if (reader.isObject(cluster, "cluster", {"preset", "seed"})) {
    lesson.preset = reader.text(cluster, "preset", "cluster", true);
    if (cluster["seed"].asInt(0) <= 0) reader.fail("cluster.seed", "must be a positive number");
    lesson.seed = static_cast<std::uint64_t>(cluster["seed"].asInt(1));
  }
  lesson.minutes = static_cast<int>(root["minutes"].asInt(0));
  if (lesson.minutes <= 0 || lesson.minutes > 60) reader.fail("minutes", "must be from 1 to 60");
  if (!reader.isArray(root["steps"], "steps")) return;
  if (root["steps"].empty()) reader.fail("steps", "must not be empty");
  std::set<std::string> ids;
  for (std::size_t i = 0; i < root["steps"].size(); ++i) {
    const std::string path = "steps[" + std::to_string(i) + "]";
    lesson.steps.push_back(readStep(reader, lesson, root["steps"].item(i), path));
    if (!ids.insert(lesson.steps.back().id).second) reader.fail(path + ".id", "is used twice");
  }
}

}  // namespace

std::string LessonError::text() const {
  std::string all = file;
  if (line > 0) all += ":" + std::to_string(line) + ":" + std::to_string(column);
  if (!field.empty()) all += ": " + field;
  return all + ": " + message;
}

LoadedLesson loadLesson(const std::map<std::string, std::string>& files, const std::string& folder) {
  LoadedLesson loaded;
  Lesson& lesson = loaded.lesson;
  lesson.id = folder.substr(folder.rfind('/') + 1);
  const std::string prefix = folder + "/";
  for (auto at = files.lower_bound(prefix); at != files.end() && at->first.rfind(prefix, 0) == 0; ++at) {
    lesson.files.emplace(at->first.substr(prefix.size()), at->second);
  }
  const std::string file = folder + std::string(kLessonFile);
  const auto source = files.find(file);
  if (source == files.end()) {
    loaded.errors.push_back({file, 0, 0, "", "is missing"});
    return loaded;
  }
  const Documents read = readYaml(source->second);
  if (read.error || read.documents.size() != 1) {
    const SourcePosition at = read.error ? read.error->at : SourcePosition();
    loaded.errors.push_back(
        {file, at.line, at.column, "", read.error ? read.error->message : "must be one YAML document"});
    return loaded;
  }
  LessonReader reader(read.documents.front(), file, loaded.errors);
  readLesson(reader, read.documents.front().value, lesson);
  for (const char* language : {"ko", "en"}) {
    const std::string name = std::string(language) + ".md";
    const auto words = lesson.files.find(name);
    if (words == lesson.files.end()) {
      loaded.errors.push_back({prefix + name, 0, 0, "", "is missing"});
      continue;
    }
    lesson.words[language] = readWords(words->second, prefix + name, lesson, loaded.errors);
  }
  return loaded;
}

std::vector<std::string> lessonFolders(const std::map<std::string, std::string>& files) {
  std::vector<std::string> folders;
  for (const auto& [path, text] : files) {
    if (path.rfind("lessons/", 0) != 0 || path.size() <= kLessonFile.size()) continue;
    const std::size_t end = path.size() - kLessonFile.size();
    if (path.compare(end, std::string::npos, kLessonFile) == 0) folders.push_back(path.substr(0, end));
  }
  return folders;
}

}  // namespace pilothouse::lesson
