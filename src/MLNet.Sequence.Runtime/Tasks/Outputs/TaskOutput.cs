using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>Something that a task says of a row, or of each of its steps: a column, and an output of the model's form in ONNX.</summary>
public sealed record TaskOutput
{
    internal TaskOutput(string name, OutputDecoding decoding, string description) => (Name, Decoding, Description) = (name, decoding, description);

    /// <summary>Under which name it stands among the columns, and among the outputs in ONNX.</summary>
    public string Name { get; }

    /// <summary>What its values are, in a few words.</summary>
    public string Description { get; }

    /// <summary>The shape of its values, of a step where each step has them; empty: one value.</summary>
    public IReadOnlyList<int> Shape { get; internal init => field = ValueList.Of(value); } = ValueList.Create<int>();

    /// <summary>Whether each step of a sequence has its own values; else a row has.</summary>
    public bool IsOfEachStep { get; internal init; }

    /// <summary>How its values follow from what the network gives.</summary>
    internal OutputDecoding Decoding { get; }

    /// <summary>What the classes, tags or tokens are called that it is about; null: they have no names, or it is about numbers.</summary>
    internal OutputNames? Names { get; init; }
}

/// <summary>Names of classes, tags or tokens.</summary>
/// <param name="Values">In their order.</param>
/// <param name="Type">ML.NET's name of the type of those values, as "String".</param>
internal sealed record OutputNames(IReadOnlyList<string> Values, string Type)
{
    /// <summary>In their order.</summary>
    public IReadOnlyList<string> Values { get; } = ValueList.Of(Values);

    /// <summary>Null where either is missing, as of keys without values.</summary>
    public static OutputNames? Of(IReadOnlyList<string>? values, string? type) => values is not null && type is not null ? new OutputNames(values, type) : null;
}

/// <summary>Of which steps of a sequence a network's output says something.</summary>
internal enum Answered
{
    /// <summary>Of the sequence as a whole.</summary>
    Whole,

    /// <summary>Of each step, and the last one's is that of the sequence.</summary>
    LastStep,

    /// <summary>Of each step, and all are wanted.</summary>
    EachStep,
}
