using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>An output of a task for a row, or for each of its steps: a column, and an output of the model's ONNX form.</summary>
public sealed record TaskOutput
{
    internal TaskOutput(string name, OutputDecoding decoding, string description) => (Name, Decoding, Description) = (name, decoding, description);

    /// <summary>Its name among the columns, and among the outputs in ONNX.</summary>
    public string Name { get; }

    /// <summary>What its values are, in a few words.</summary>
    public string Description { get; }

    /// <summary>The shape of its values, per step if each step has values; empty: one value.</summary>
    public IReadOnlyList<int> Shape { get; internal init => field = ValueList.Of(value); } = ValueList.Create<int>();

    /// <summary>Whether each step of a sequence has its own values; otherwise each row has.</summary>
    public bool IsOfEachStep { get; internal init; }

    /// <summary>How its values are decoded from the network's output.</summary>
    internal OutputDecoding Decoding { get; }

    /// <summary>The names of its classes, tags or tokens; null: they have no names, or the values are numbers.</summary>
    internal OutputNames? Names { get; init; }
}

/// <summary>Names of classes, tags or tokens.</summary>
/// <param name="Values">In their order.</param>
/// <param name="Type">ML.NET's name of the type of those values, such as "String".</param>
internal sealed record OutputNames(IReadOnlyList<string> Values, string Type)
{
    /// <summary>In their order.</summary>
    public IReadOnlyList<string> Values { get; } = ValueList.Of(Values);

    /// <summary>Null if either is missing, as for keys without values.</summary>
    public static OutputNames? Of(IReadOnlyList<string>? values, string? type) => values is not null && type is not null ? new OutputNames(values, type) : null;
}

/// <summary>The steps of a sequence for which a network has an output.</summary>
internal enum Answered
{
    /// <summary>The sequence as a whole.</summary>
    Whole,

    /// <summary>Each step; the output of the last step is that of the sequence.</summary>
    LastStep,

    /// <summary>Each step, and all are wanted.</summary>
    EachStep,
}
