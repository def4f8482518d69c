namespace MLNet.Sequence.Comparison;

/// <summary>A reference that exists only for a comparison, without a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Memory">The number of last steps that it reads; null: whole rows.</param>
/// <param name="Validation">Its mean loss on the validation rows.</param>
/// <param name="Losses">The losses of the test examples, like those of models.</param>
internal sealed record CountedReference(string Name, int? Memory, double Validation, ExampleLoss[] Losses);
