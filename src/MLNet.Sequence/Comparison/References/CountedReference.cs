namespace MLNet.Sequence.Comparison;

/// <summary>A reference that is made for a comparison alone: there is no model of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Memory">The last steps that it reads; null: all of a row.</param>
/// <param name="Validation">Its mean loss on rows that it was chosen by.</param>
/// <param name="Losses">Of the test examples, as those of models.</param>
internal sealed record CountedReference(string Name, int? Memory, double Validation, ExampleLoss[] Losses);
