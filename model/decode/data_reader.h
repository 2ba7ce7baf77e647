// The members of an event's `data`: fields by name, and the keys that say who it is about.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/decode/decode.h"
#include "model/decode/field_value.h"

namespace pm {

class DataReader {
 public:
  // Fills `out->event` and `out->problems`; both arguments must outlive the reader.
  DataReader(const DecodeRules& rules, const EventTypeDecl& decl, DecodedEvent* out);
  void Read(const JsonNode& data);
  BlockBuilder& block() { return block_; }
  const std::optional<Email>& email() const { return email_; }

 private:
  void ReadMember(const std::string& path, std::string_view prefix, std::string_view key,
                  const JsonNode& value);
  // Keys that name who or what the event is about; true when it was one.
  bool ReadSpecial(const std::string& pointer, std::string_view key, const JsonNode& value);
  void SetField(const std::string& pointer, const FieldDecl& decl, const JsonNode& value);
  // True when the field has a closed list in this type of event: set, or noted.
  bool SetClosedWord(const std::string& pointer, const FieldDecl& decl, const JsonNode& value);
  // Before all else, since phones and regions are read by them: the countries of lead and account.
  void TakeCountries(std::string_view prefix, const JsonNode& object);
  // `US-CA` without a country beside it says the country, too.
  void TakeCountriesOfRegions(std::string_view prefix, const JsonNode& object);
  // Of a country or region, where the country is noted; null for other fields.
  std::string* CountryFor(const FieldDecl& field);
  FieldContext ContextOf(const FieldDecl& decl) const;
  // The country that the number tells, unless the publisher says one.
  void DerivePhoneCountry();
  void SetEmail(const std::string& pointer, const FieldDecl& decl, const JsonNode& value);
  void AddToken(const std::string& pointer, std::string_view system_object, std::string_view id);
  void ReadTokens(const std::string& pointer, const JsonNode& value);
  void ReadConsent(const std::string& pointer, const JsonNode& value);
  const FieldDecl* FieldOf(std::string_view prefix, std::string_view key) const;
  // A field that may have been meant; empty: none.
  std::string_view NearestField(std::string_view key) const;
  void Note(std::string pointer, std::string reason, std::string detail, bool fatal = false);
  void NoteWhatWasCut();

  const DecodeRules& rules_;
  const EventTypeDecl& decl_;
  DecodedEvent* out_;
  FieldContext context_;  // of the lead
  std::string account_country_;
  BlockBuilder block_;
  std::optional<Email> email_;
  std::optional<std::string> phone_;  // as set; empty: cleared
  bool says_phone_country_ = false;
  size_t unknown_ = 0;  // undeclared fields
  size_t faults_ = 0;   // all other problems
};

}  // namespace pm
