interface ChoiceProps<Value extends string> {
  label: string;
  name: string;
  options: readonly { value: Value; text: string }[];
  value: Value;
  onChange: (value: Value) => void;
}

/** One of a few, side by side. Radio buttons underneath, so arrow keys and screen readers know what to do. */
export function Choice<Value extends string>({ label, name, options, value, onChange }: ChoiceProps<Value>) {
  if (options.length < 2) return null;
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div class="choice-options">
        {options.map((option) => (
          <label key={option.value}>
            <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
