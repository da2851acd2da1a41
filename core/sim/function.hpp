#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace pilothouse {

template <typename Signature, std::size_t Capacity = 56>
class Function;

/// A move-only callable. Captures of up to `Capacity` bytes live inside it, so that the event queue's usual
/// closures cost no allocation; larger ones are boxed.
template <typename R, typename... Args, std::size_t Capacity>
class Function<R(Args...), Capacity> {
 public:
  Function() noexcept = default;
  Function(std::nullptr_t) noexcept {}
  template <typename F, std::enable_if_t<!std::is_same_v<std::decay_t<F>, Function> &&
                                             std::is_invocable_r_v<R, std::decay_t<F>&, Args...>,
                                         int> = 0>
  Function(F&& f) {
    using Target = std::decay_t<F>;
    if constexpr (sizeof(Target) <= Capacity && alignof(Target) <= alignof(std::max_align_t) &&
                  std::is_nothrow_move_constructible_v<Target>) {
      new (storage_) Target(std::forward<F>(f));
      operations_ = &inlineOperations<Target>;
    } else {
      using Box = std::unique_ptr<Target>;
      new (storage_) Box(std::make_unique<Target>(std::forward<F>(f)));
      operations_ = &boxedOperations<Target>;
    }
  }
  Function(Function&& other) noexcept : operations_(other.operations_) {
    if (operations_ != nullptr) operations_->relocate(other.storage_, storage_);
    other.operations_ = nullptr;
  }
  Function& operator=(Function&& other) noexcept {
    if (this != &other) {
      reset();
      operations_ = other.operations_;
      if (operations_ != nullptr) operations_->relocate(other.storage_, storage_);
      other.operations_ = nullptr;
    }
    return *this;
  }
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  ~Function() { reset(); }

  explicit operator bool() const noexcept { return operations_ != nullptr; }
  R operator()(Args... args) {
    assert(operations_ != nullptr);
    return operations_->call(storage_, std::forward<Args>(args)...);
  }

 private:
  struct Operations {
    R (*call)(void*, Args&&...);
    void (*relocate)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };
  template <typename T>
  static constexpr Operations inlineOperations{
      [](void* p, Args&&... args) -> R { return (*static_cast<T*>(p))(std::forward<Args>(args)...); },
      [](void* from, void* to) noexcept {
        new (to) T(std::move(*static_cast<T*>(from)));
        static_cast<T*>(from)->~T();
      },
      [](void* p) noexcept { static_cast<T*>(p)->~T(); }};
  template <typename T>
  static constexpr Operations boxedOperations{
      [](void* p, Args&&... args) -> R {
        return (**static_cast<std::unique_ptr<T>*>(p))(std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept {
        using Box = std::unique_ptr<T>;
        new (to) Box(std::move(*static_cast<Box*>(from)));
        static_cast<Box*>(from)->~Box();
      },
      [](void* p) noexcept {
        using Box = std::unique_ptr<T>;
        static_cast<Box*>(p)->~Box();
      }};

  void reset() noexcept {
    if (operations_ != nullptr) operations_->destroy(storage_);
    operations_ = nullptr;
  }

  alignas(std::max_align_t) unsigned char storage_[Capacity];
  const Operations* operations_ = nullptr;
};

/// Work for later, owned by the event queue.
using Task = Function<void()>;

}  // namespace pilothouse
