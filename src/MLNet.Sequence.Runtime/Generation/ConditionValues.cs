namespace MLNet.Sequence;

/// <summary>The values of the conditions of one sequence that is generated: those of the columns that the model was trained with.</summary>
public sealed record ConditionValues
{
    /// <summary>
    /// The frames of <see cref="StepConditions.KnownColumnName"/>, [frames × values], in the data's units, from the first step of the prompt to
    /// the last step that is generated. Default none.
    /// </summary>
    public IReadOnlyList<double> Frames { get; init => field = ValueList.Of(value); } = ValueList.Create<double>();

    /// <summary>The value of each static column of keys, by the column's name, such as the speaker. Default none.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; init => field = new ValueMap<string>(value); } = new ValueMap<string>([]);

    /// <summary>The value of each static column of one number, or its values for vectors as NAME[0] …, by name. Default none.</summary>
    public IReadOnlyDictionary<string, double> Numbers { get; init => field = new ValueMap<double>(value); } = new ValueMap<double>([]);
}
