namespace MLNet.Sequence;

/// <summary>What a model has to beat, on the same test examples: given, counted or solved; it needs no network.</summary>
public sealed record ComparedReference
{
    /// <summary>
    /// Of forecasts, simplest first: <c>mean</c>, <c>naive</c>, <c>seasonal-naive</c> where there is a season that the context holds,
    /// <c>drift</c>, and <c>ridge-1</c>, <c>ridge-2</c>, <c>ridge-4</c>, … up to the context: least squares on so many last steps. Of tokens
    /// <c>token-frequencies</c>, of values of 0 and 1 <c>value-frequencies</c>, and <c>2-gram</c> to <c>5-gram</c>; of next numbers
    /// <c>mean-of-training</c>, <c>last-step-repeated</c>, <c>ridge-1</c>, …; of tags <c>tag-frequencies</c>, and where the steps are tokens
    /// <c>tag-of-token</c>, <c>tag-of-last-2-tokens</c>, …, else <c>logistic-1</c>, …; of rows <c>class-frequencies</c> or <c>mean-of-training</c>,
    /// <c>linear-on-statistics</c> or, of tokens, <c>linear-on-counts</c>, and <c>nearest-neighbour</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The mean loss over the test examples, as <see cref="ComparedModel.Error"/>.</summary>
    public required double Error { get; init; }

    /// <summary>The lower end of the confidence interval of <see cref="Error"/>.</summary>
    public required double ErrorLow { get; init; }

    /// <summary>The upper end of the confidence interval of <see cref="Error"/>.</summary>
    public required double ErrorHigh { get; init; }

    /// <summary>The last steps that it reads: 0 of the mean; null: all of a row.</summary>
    public required int? Memory { get; init; }

    /// <summary>The fitted model, which is saved and scored as others are; null: it is made for the comparison alone.</summary>
    public SequenceModel? Model { get; init; }
}
