// The grammar of where and select, and what it says of a text that does not follow it.

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/limit_depth.hpp>
#include <tao/pegtl/contrib/parse_tree.hpp>

#include <memory>
#include <utility>

#include "stages/record/bad_expression.hpp"
#include "stages/record/expression_text.hpp"
#include "stages/record/expression_tree.hpp"

namespace weir::stages {
namespace {

namespace peg = tao::pegtl;

constexpr std::size_t k_deepest = 100;

// ---- words ----
struct space : peg::star<peg::one<' ', '\t', '\r', '\n'>> {};
/// A byte above 0x7f is part of a character, and all of them may stand in names.
struct word_begin : peg::sor<peg::alpha, peg::one<'_', '@', '$'>, peg::range<'\x80', '\xff'>> {};
struct word_rest : peg::sor<word_begin, peg::digit, peg::one<'-'>> {};

template <typename Text>
struct keyword : peg::seq<Text, peg::not_at<peg::sor<word_rest, peg::one<'.'>>>, space> {};
struct and_word : keyword<TAO_PEGTL_STRING("and")> {};
struct or_word : keyword<TAO_PEGTL_STRING("or")> {};
struct not_word : keyword<TAO_PEGTL_STRING("not")> {};
struct in_word : keyword<TAO_PEGTL_STRING("in")> {};
struct has_word : keyword<TAO_PEGTL_STRING("has")> {};
struct as_word : keyword<TAO_PEGTL_STRING("as")> {};
struct true_word : keyword<TAO_PEGTL_STRING("true")> {};
struct false_word : keyword<TAO_PEGTL_STRING("false")> {};
struct null_word : keyword<TAO_PEGTL_STRING("null")> {};
struct any_keyword : peg::sor<and_word, or_word, not_word, in_word, has_word, true_word, false_word, null_word> {};

// ---- fields ----
struct backquote_end : peg::one<'`'> {};
struct backquoted
    : peg::if_must<peg::one<'`'>, peg::plus<peg::sor<TAO_PEGTL_STRING("``"), peg::not_one<'`'>>>, backquote_end> {};
struct plain_name : peg::seq<word_begin, peg::star<word_rest>> {};
struct any_name : peg::sor<backquoted, plain_name> {};
struct more_names : peg::star<peg::if_must<peg::one<'.'>, any_name>> {};
struct path : peg::seq<peg::sor<backquoted, peg::seq<peg::not_at<any_keyword>, plain_name>>, more_names> {};
struct column_path : peg::seq<any_name, more_names> {};

// ---- literals ----
struct number_text : peg::seq<peg::opt<peg::one<'-'>>, peg::sor<peg::one<'0'>, peg::plus<peg::digit>>,
                              peg::opt<peg::one<'.'>, peg::plus<peg::digit>>,
                              peg::opt<peg::one<'e', 'E'>, peg::opt<peg::one<'+', '-'>>, peg::plus<peg::digit>>,
                              peg::not_at<peg::sor<word_rest, peg::one<'.'>>>> {};
struct number_begin : peg::at<peg::opt<peg::one<'-', '+'>>, peg::opt<peg::one<'.'>>, peg::digit> {};
struct number : peg::seq<number_begin, peg::sor<number_text, peg::raise<number_text>>> {};

struct four_digits : peg::rep<4, peg::xdigit> {};
struct escape
    : peg::sor<peg::one<'"', '\'', '\\', '/', 'b', 'f', 'n', 'r', 't'>, peg::seq<peg::one<'u'>, four_digits>> {};
template <char Quote>
struct quote_end : peg::one<Quote> {};
template <char Quote>
struct quoted
    : peg::if_must<peg::one<Quote>, peg::star<peg::sor<peg::if_must<peg::one<'\\'>, escape>, peg::not_one<Quote>>>,
                   quote_end<Quote>> {};
struct string_text : peg::sor<quoted<'"'>, quoted<'\''>> {};
/// A backslash belongs to the regular expression here.
template <char Quote>
struct quoted_pattern
    : peg::if_must<peg::one<Quote>, peg::star<peg::sor<peg::seq<peg::one<'\\'>, peg::any>, peg::not_one<Quote>>>,
                   quote_end<Quote>> {};
struct pattern_text : peg::sor<quoted_pattern<'"'>, quoted_pattern<'\''>> {};

struct pattern : peg::seq<pattern_text, space> {};
struct literal : peg::sor<true_word, false_word, null_word, peg::seq<peg::sor<number, string_text>, space>> {};
struct operand : peg::sor<literal, peg::seq<path, space>> {};

// ---- conditions ----
struct compare_sign
    : peg::sor<TAO_PEGTL_STRING("=="), TAO_PEGTL_STRING("!="), TAO_PEGTL_STRING("<="), TAO_PEGTL_STRING(">="),
               peg::seq<peg::one<'<'>, peg::not_at<peg::one<'>'>>>, peg::one<'>'>> {};
struct match_sign : peg::sor<TAO_PEGTL_STRING("=~"), TAO_PEGTL_STRING("!~")> {};
struct list_begin : peg::seq<peg::one<'('>, space> {};
struct list_end : peg::seq<peg::one<')'>, space> {};
struct list_comma : peg::seq<peg::one<','>, space> {};
struct list
    : peg::seq<peg::must<list_begin, literal>, peg::star<peg::if_must<list_comma, literal>>, peg::must<list_end>> {};
struct in_tail : peg::if_must<in_word, list> {};
struct compare_tail : peg::if_must<compare_sign, space, operand> {};
struct match_tail : peg::if_must<match_sign, space, pattern> {};
struct comparison : peg::seq<operand, peg::opt<peg::sor<match_tail, compare_tail, in_tail>>> {};

struct has_end : peg::seq<peg::one<')'>, space> {};
struct has_field : peg::seq<path, space> {};
struct has_test : peg::if_must<has_word, peg::sor<peg::if_must<list_begin, has_field, has_end>, peg::must<has_field>>> {
};

struct whole_condition;
struct group_end : peg::seq<peg::one<')'>, space> {};
struct group_inside : peg::seq<whole_condition> {};
struct group : peg::if_must<list_begin, group_inside, group_end> {};
struct one_condition : peg::sor<group, has_test, comparison> {};
struct negated : peg::seq<not_word, peg::star<not_word>, peg::must<one_condition>> {};
struct maybe_negated : peg::sor<negated, peg::must<one_condition>> {};
struct all_of : peg::list_must<maybe_negated, and_word> {};
struct whole_condition : peg::list_must<all_of, or_word> {};
struct where_end : peg::eof {};
struct where_text : peg::must<space, whole_condition, where_end> {};

// ---- columns ----
struct column_name : any_name {};
struct column : peg::seq<column_path, space, peg::opt<peg::if_must<as_word, column_name, space>>> {};
struct select_end : peg::eof {};
struct select_text
    : peg::seq<space, peg::must<column>, peg::star<peg::if_must<list_comma, column>>, peg::must<select_end>> {};

// ---- what is told where it goes wrong ----
template <typename Rule>
struct wanted; // a rule that may be missed must have its words
// clang-format off
template <> struct wanted<peg::plus<peg::sor<TAO_PEGTL_STRING("``"), peg::not_one<'`'>>>> { static constexpr syntax_want k_words{"a name between backquotes"}; };
template <> struct wanted<backquote_end> { static constexpr syntax_want k_words{"a closing backquote", false}; };
template <> struct wanted<any_name> { static constexpr syntax_want k_words{"a name"}; };
template <> struct wanted<column_name> { static constexpr syntax_want k_words{"a name"}; };
template <> struct wanted<number_text> { static constexpr syntax_want k_words{"a number as in JSON"}; };
template <> struct wanted<escape> { static constexpr syntax_want k_words{R"(one of \" \' \\ \/ \b \f \n \r \t \u and four digits)", false}; };
template <char Quote> struct wanted<quote_end<Quote>> { static constexpr syntax_want k_words{Quote == '"' ? "a closing \"" : "a closing '", false}; };
template <> struct wanted<pattern> { static constexpr syntax_want k_words{"a regular expression in quotes"}; };
template <> struct wanted<literal> { static constexpr syntax_want k_words{"a number, a string, true, false or null"}; };
template <> struct wanted<operand> { static constexpr syntax_want k_words{"a value"}; };
template <> struct wanted<list_begin> { static constexpr syntax_want k_words{"a list in parentheses"}; };
template <> struct wanted<list_end> { static constexpr syntax_want k_words{"',' or ')'"}; };
template <> struct wanted<has_field> { static constexpr syntax_want k_words{"a field"}; };
template <> struct wanted<has_end> { static constexpr syntax_want k_words{"')'"}; };
template <> struct wanted<group_end> { static constexpr syntax_want k_words{"'and', 'or' or ')'", true, true}; };
template <> struct wanted<one_condition> { static constexpr syntax_want k_words{"a condition"}; };
template <> struct wanted<where_end> { static constexpr syntax_want k_words{"'and', 'or' or the end", true, true}; };
template <> struct wanted<column> { static constexpr syntax_want k_words{"a field"}; };
template <> struct wanted<select_end> { static constexpr syntax_want k_words{"',', 'as' or the end"}; };
// clang-format on

struct syntax_fault {
  std::size_t offset;
  const syntax_want* want;
};

/// Rules that cannot fail where they must not fail need no words.
template <typename Rule>
struct control : peg::normal<Rule> {
  template <typename Input, typename... States>
  [[noreturn]] static void raise(const Input& in, States&&... /*states*/) {
    if constexpr (requires { wanted<Rule>::k_words; }) {
      throw syntax_fault{in.position().byte, &wanted<Rule>::k_words};
    } else {
      static constexpr syntax_want k_nothing{"something else"};
      throw syntax_fault{in.position().byte, &k_nothing};
    }
  }
};

template <typename Rule>
struct action : peg::nothing<Rule> {};
template <>
struct action<group_inside> : peg::limit_depth<k_deepest> {};

template <typename Rule>
using kept = peg::parse_tree::selector<
    Rule,
    peg::parse_tree::store_content::on<backquoted, plain_name, path, column_path, number_text, string_text,
                                       pattern_text, true_word, false_word, null_word, compare_sign, match_sign,
                                       in_word, has_test, comparison, not_word, negated, column, column_name>,
    peg::parse_tree::fold_one::on<all_of, whole_condition>>;

using tree = peg::parse_tree::node;

/// Of the whole text, by the rule. Throws bad_expression.
template <typename Rule>
std::unique_ptr<tree> tree_of(std::string_view stage, std::string_view text) {
  if (const auto bad = first_bad_utf8(text); bad != text.npos) {
    throw bad_expression(stage, text, bad, "this is not UTF-8");
  }
  peg::memory_input<> in(text.data(), text.size(), "");
  try {
    return peg::parse_tree::parse<Rule, kept, action, control>(in);
  } catch (const syntax_fault& fault) {
    throw bad_expression(stage, text, fault.offset, words_of(text, fault.offset, *fault.want));
  } catch (const peg::parse_error& deep) { // the limit of depth alone throws it
    throw bad_expression(stage, text, deep.positions().front().byte,
                         "more than " + std::to_string(k_deepest) + " parentheses inside each other");
  }
}

// ---- from PEGTL's tree to ours ----
std::string name_of(const tree& node) {
  return node.is_type<backquoted>() ? between_backquotes(node.string_view()) : node.string();
}

field_path path_of(const tree& node) {
  field_path made;
  for (const auto& name : node.children) { made.names.push_back(name_of(*name)); }
  return made;
}

expression_value value_of(std::string_view text, const tree& node) {
  expression_value made{.offset = node.begin().byte};
  if (node.is_type<path>()) {
    made.is_field = true;
    made.path = path_of(node);
  } else if (node.is_type<number_text>()) {
    made.value = number_of(text, made.offset, node.string_view());
  } else if (node.is_type<string_text>()) {
    made.value.kind = cell_kind::string;
    made.text = unescaped(text, made.offset, node.string_view());
  } else if (node.is_type<pattern_text>()) {
    made.value.kind = cell_kind::string;
    made.text = node.string_view().substr(1, node.string_view().size() - 2);
  } else if (node.is_type<null_word>()) {
    made.value.kind = cell_kind::null;
  } else {
    made.value.kind = cell_kind::boolean;
    made.value.truth = node.is_type<true_word>();
  }
  return made;
}

expression_node comparison_of(std::string_view text, const tree& node) {
  using form = expression_node::form;
  expression_node made{.offset = node.begin().byte};
  for (const auto& child : node.children) {
    const bool in = child->is_type<in_word>();
    const bool match = child->is_type<match_sign>();
    if (in || match || child->is_type<compare_sign>()) {
      made.what = in ? form::in : match ? form::match : form::comparison;
      made.offset = child->begin().byte;
      made.op = in ? "in" : child->string_view();
    } else {
      made.values.push_back(value_of(text, *child));
    }
  }
  return made;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parentheses, which have a limit
expression_node node_of(std::string_view text, const tree& node) {
  using form = expression_node::form;
  if (node.is_type<comparison>()) { return comparison_of(text, node); }
  if (node.is_type<has_test>()) {
    expression_node made{.what = form::has, .offset = node.begin().byte};
    made.values.push_back(value_of(text, *node.children.front()));
    return made;
  }
  if (node.is_type<negated>()) {
    expression_node part = node_of(text, *node.children.back());
    if (node.children.size() % 2 == 1) { return part; } // not not
    expression_node made{.what = form::negation, .offset = part.offset};
    made.parts.push_back(std::move(part));
    return made;
  }
  expression_node made{.what = node.is_type<all_of>() ? form::all : form::any};
  for (const auto& child : node.children) { made.parts.push_back(node_of(text, *child)); }
  return made;
}

} // namespace

expression_node parse_expression(std::string_view text) {
  return node_of(text, *tree_of<where_text>("where", text)->children.front());
}

std::vector<column_text> parse_columns(std::string_view text) {
  const auto root = tree_of<select_text>("select", text);
  std::vector<column_text> made;
  for (const auto& node : root->children) {
    const tree& field = *node->children.front();
    column_text one{.offset = field.begin().byte, .path = path_of(field)};
    if (node->children.size() > 1) { one.name = name_of(*node->children.back()->children.front()); }
    made.push_back(std::move(one));
  }
  return made;
}

} // namespace weir::stages
