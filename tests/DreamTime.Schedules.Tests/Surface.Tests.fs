/// What C# sees of the assembly.
module DreamTime.Schedules.Tests.Surface

open System
open System.Reflection
open Expecto
open Microsoft.FSharp.Reflection
open Microsoft.FSharp.Core
open DreamTime.Schedules

let private isModule (declaring: Type) =
    declaring.GetCustomAttributes<CompilationMappingAttribute>()
    |> Seq.exists (fun mapping -> mapping.SourceConstructFlags = SourceConstructFlags.Module)

let private isMeasure (declaring: Type) =
    declaring.GetCustomAttributes<MeasureAttribute>() |> Seq.isEmpty |> not

let rec private partsOf (used: Type) : Type list = [
    used
    if used.HasElementType then
        match used.GetElementType() with
        | null -> ()
        | element -> yield! partsOf element
    for argument in used.GetGenericArguments() do
        yield! partsOf argument
]

let private isForFSharp (used: Type) =
    partsOf used
    |> List.exists (fun part ->
        (string part.Namespace).StartsWith "Microsoft.FSharp"
        || FSharpType.IsTuple part && not part.IsValueType)

let private isSpoken (memberInfo: MemberInfo) =
    match memberInfo with
    | :? MethodInfo as m -> not m.IsSpecialName
    | :? FieldInfo as f -> not f.IsSpecialName // the number behind an enumeration
    | _ -> true

let private typesIn (memberInfo: MemberInfo) : Type list =
    match memberInfo with
    | :? MethodInfo as m -> m.ReturnType :: [ for p in m.GetParameters() -> p.ParameterType ]
    | :? ConstructorInfo as c -> [ for p in c.GetParameters() -> p.ParameterType ]
    | :? PropertyInfo as p -> [ p.PropertyType ]
    | :? FieldInfo as f -> [ f.FieldType ]
    | _ -> []

let private publicTypes =
    typeof<Schedule>.Assembly.GetExportedTypes()
    |> Array.filter (fun declaring -> not (isModule declaring || isMeasure declaring))

let private members = [
    for declaring in publicTypes do
        for memberInfo in declaring.GetMembers() do
            if memberInfo.DeclaringType = declaring then
                memberInfo
]

let private name (memberInfo: MemberInfo) =
    match memberInfo.DeclaringType with
    | null -> memberInfo.Name
    | declaring -> $"{declaring.Name}.{memberInfo.Name}"

let tests =
    testList "surface" [
        test "no F# type in what C# sees" {
            let leaks =
                members |> List.filter (typesIn >> List.exists isForFSharp) |> List.map name

            Expect.isEmpty leaks ""
            Expect.isGreaterThan members.Length 80 "the assembly was looked at"
        }

        test "C# names begin with a capital" {
            let odd =
                members
                |> List.filter (fun m -> isSpoken m && not (m :? ConstructorInfo) && Char.IsLower m.Name[0])
                |> List.map name

            Expect.isEmpty odd ""
        }

        test "the check itself finds F# types" {
            Expect.isTrue (isForFSharp typeof<int option>) "option"
            Expect.isTrue (isForFSharp typeof<seq<int list>>) "list inside"
            Expect.isTrue (isForFSharp typeof<int * int>) "tuple"
            Expect.isTrue (isForFSharp typeof<int -> int>) "function"
            Expect.isFalse (isForFSharp typeof<seq<struct (int * int)>>) "value tuple"
        }
    ]
