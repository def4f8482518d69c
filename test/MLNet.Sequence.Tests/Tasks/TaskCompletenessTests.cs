using System.Reflection;
using System.Text.Json.Serialization;
using MLNet.Sequence.ByTask;

namespace MLNet.Sequence.Tests.Tasks;

/// <summary>Every task has its saved name, its room and its contract, and no other code distinguishes tasks.</summary>
[TestClass]
public sealed class TaskCompletenessTests
{
    private static readonly Type[] Tasks = [.. typeof(SequenceTask).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(SequenceTask)))];

    private static IEnumerable<ITaskForms> Contracts => typeof(ITaskForms).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(ITaskForms))).Select(type => (ITaskForms)Activator.CreateInstance(type)!);

    [TestMethod]
    public void Every_task_is_saved_under_a_name_and_derives_the_contract()
    {
        Type[] saved = [.. typeof(SequenceTask).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(attribute => attribute.DerivedType)];
        CollectionAssert.AreEquivalent(Tasks, saved);
        foreach (ITaskForms contract in Contracts)
            Assert.AreEqual(contract.GetType().Name, $"{contract.Forms.Select(form => form.GetType().Name).Distinct().Single()}ContractTests");
        CollectionAssert.AreEquivalent(Tasks, Contracts.Select(contract => contract.Forms.First().GetType()).ToArray());
    }

    [TestMethod]
    public void Every_task_has_a_room()
    {
        foreach (ITaskForms contract in Contracts)
            Assert.IsNotNull(TaskRoom.Of(contract.Forms.First()));
    }

    // The compiled forms of "is", "as", "case", a cast, an arm of a switch and typeof.
    [TestMethod]
    public void No_code_but_the_rooms_switch_asks_which_task_it_has()
    {
        Type[] all = [.. Tasks, .. typeof(SequenceTask).Assembly.GetTypes().Where(type => type.IsAbstract && type.IsSubclassOf(typeof(SequenceTask)))];
        string[] found = [.. from assembly in new[] { typeof(SequenceTask).Assembly, typeof(TaskRoom).Assembly, typeof(Sequence.Samples.Cli).Assembly }
            from test in AssemblyReferences.TypeTests(assembly)
            where all.Contains(test.Type)
            // Excluded are the equality of records and the generated code of saved names.
            where !test.Method.DeclaringType!.IsAssignableTo(typeof(SequenceTask)) && !IsGenerated(test.Method)
            where AssemblyReferences.Outermost(test.Method.DeclaringType!) != typeof(TaskRoom)
            select $"{test.Method.DeclaringType!.Name}.{test.Method.Name}: {test.Type.Name}"];
        Assert.AreEqual("", string.Join(", ", found));
        Assert.HasCount(Tasks.Length, AssemblyReferences.TypeTests(typeof(TaskRoom).Assembly)
            .Where(test => AssemblyReferences.Outermost(test.Method.DeclaringType!) == typeof(TaskRoom)).Select(test => test.Type).Distinct());
    }

    private static bool IsGenerated(MethodBase method) =>
        AssemblyReferences.Outermost(method.DeclaringType!).IsAssignableTo(typeof(JsonSerializerContext));
}
